import type { CallRecord } from "../records.ts";
import type { Invariant } from "./invariant.ts";

/**
 * 2. A create with unknown outcome is tried again only after a look that began `settleMs` after the call and does not
 * show its intent.
 *
 * Checked at every create: no other create of this group and place is still open. One is open from its beginning until
 * it was refused, or a whole list showed its intent, or a whole list was shown that began `settleMs` after its end.
 * Where its caller died, its end is the death: Muster, who cannot know when that was, counts from when it starts again.
 * Of a group that was let go nothing is remembered. And no intent is used twice, so no two things can come of one.
 */
export const repeat: Invariant = {
  name: "2 no create is repeated too early",
  on: ["called"],
  watch: ({ history }) => {
    const used = new Map<string, number>();
    return (happening) => {
      if (happening.kind !== "called" || happening.verb !== "create") return undefined;
      const mine = history.calls.get(happening.call);
      if (mine === undefined || mine.loose) return undefined;
      const before = used.get(mine.intent);
      used.set(mine.intent, mine.number);
      if (before !== undefined) return `call ${mine.number} has the intent of call ${before}`;
      const open = [...history.unresolved()]
        .filter(({ group, began }) => !history.wasForgottenSince(group, began))
        .find((call) => isOpenFor(call, mine));
      return open === undefined
        ? undefined
        : `call ${mine.number} makes ${mine.group}/${mine.slot} though it is not known yet what became of call ${open.number}`;
    };
  },
};

function isOpenFor(call: CallRecord, mine: CallRecord): boolean {
  const samePlace = call.verb === "create" && call.group === mine.group && call.slot === mine.slot;
  return samePlace && call.number !== mine.number;
}
