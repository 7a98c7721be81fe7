import { isBusy } from "./census.ts";
import { goesFirst } from "./order.ts";
import type { Scene, Step } from "./step.ts";

/** Takes away everybody: the group is to be gone. Creates that are under way are waited for, so that none is orphaned. */
export function dissolve({ census }: Scene): Step {
  const wishes = census.living
    .toSorted(goesFirst)
    .filter((member) => !isBusy(member))
    .map(
      ({ seen }) =>
        ({ kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: "group destroyed" }) as const,
    );
  return { wishes };
}
