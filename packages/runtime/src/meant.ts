import type { Action, GoodLook } from "@muster/engine";
import type { Assignment } from "./bind.ts";

/**
 * Whether what was decided is still meant when its call is about to begin. While it was prepared, or waited for its turn,
 * the group may have been given up, or a create that was believed lost may have turned up in the very place.
 *
 * @param shown the last look that was taken in
 */
export function isMeant(action: Action, { goal }: Pick<Assignment, "goal">, shown: GoodLook | undefined): boolean {
  if (goal === "observe") return false;
  if (action.kind !== "create") return true;
  return goal !== "destroy" && !(shown !== undefined && placesIn(shown).has(action.slot));
}

/** Thousands may ask about one look. */
const places = new WeakMap<GoodLook, ReadonlySet<string | undefined>>();

function placesIn(look: GoodLook): ReadonlySet<string | undefined> {
  const known = places.get(look) ?? new Set(look.members.map(({ mark }) => mark.slot));
  places.set(look, known);
  return known;
}
