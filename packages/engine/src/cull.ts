import type { Scene, Step } from "./step.ts";

/** Takes away the members that a person named, whatever else there is to do. */
export function cull({ census, memory }: Scene): Step {
  if (memory.doomed.length === 0) return { wishes: [] };
  const doomed = new Set(memory.doomed);
  const wishes = census.living
    .filter((member) => doomed.has(member.seen.id) && member.call === undefined)
    .map(({ seen }) => ({ kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: "asked for" }) as const);
  return { wishes };
}
