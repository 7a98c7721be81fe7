import { markOf, membersOf } from "../marks.ts";
import type { CallRecord } from "../records.ts";
import type { Evidence, Invariant } from "./invariant.ts";

/**
 * No place is filled twice by our own hand: of a name, or a number, there is one at every moment.
 *
 * Checked in truth at every create, when it is called and when it takes effect: nobody else alive bears its place. Of a
 * group that was let go in between nothing is remembered; and who turns up later than the type promises nobody awaits.
 */
export const names: Invariant = {
  name: "3 names are unique at every moment",
  on: ["called", "took"],
  watch: (evidence) => (happening) => {
    if (happening.kind !== "called" && happening.kind !== "took") return undefined;
    if (happening.verb !== "create" || !evidence.promisesKept) return undefined;
    const mine = evidence.history.calls.get(happening.call);
    return mine === undefined || mine.loose ? undefined : namesake(mine, evidence);
  },
};

function namesake(mine: CallRecord, { history, world }: Evidence): string | undefined {
  const { group, slot, number, id, began, resolved } = mine;
  if (resolved || history.wasForgottenSince(group, began)) return undefined;
  const other = membersOf(world, group).find((thing) => {
    if (thing.id === id || markOf(thing.tags).slot !== slot) return false;
    const maker = [...history.calls.values()].findLast((call) => call.id === thing.id);
    return maker === undefined || (!maker.loose && !history.wasForgottenSince(group, maker.began));
  });
  return other && `call ${number} makes ${group}/${slot}, which ${other.id} is`;
}
