import { type Census, isBusy, type Living } from "./census.ts";
import type { Scene, Step } from "./step.ts";

/** Takes away the members that a person named, whatever else there is to do. */
export function cull({ census, memory }: Scene): Step {
  const wishes = doomedOf(census, memory.doomed)
    .filter((member) => !isBusy(member))
    .map(({ seen }) => ({ kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: "asked for" }) as const);
  return { wishes };
}

/** The members that a person named and that nobody is taking away yet: until then nobody else is too many. */
export function doomedOf(census: Census, ids: readonly string[]): readonly Living[] {
  if (ids.length === 0) return [];
  const doomed = new Set(ids);
  return census.living.filter(({ seen }) => doomed.has(seen.id));
}
