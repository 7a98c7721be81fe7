import { STACK } from "../grammar.ts";
import { markOf } from "../marks.ts";
import type { Invariant } from "./invariant.ts";

/**
 * 1. Nothing is touched that is not ours.
 *
 * Checked at every call, against the tags that the thing really bears: they name this stack and a group that is
 * declared. A group that is no longer declared may be finished with until the person is told that it is let go, or
 * until Muster starts anew.
 */
export const foreign: Invariant = {
  name: "1 nothing foreign is touched",
  on: ["called"],
  watch:
    ({ history }) =>
    (happening) => {
      if (happening.kind !== "called") return undefined;
      const { verb, id, tags } = happening;
      const { stack, owner } = markOf(tags);
      const what = verb === "create" ? "a thing" : id;
      if (stack !== STACK) return `${verb} of ${what}, which does not bear this stack's mark`;
      // Whoever has lost the stack does not know what was let go since.
      if (history.calls.get(happening.call)?.loose === true) return undefined;
      if (!history.mayTouch(owner)) return `${verb} of ${what} of group ${owner}, which is not declared`;
      return undefined;
    },
};
