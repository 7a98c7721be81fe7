import { sameVersion } from "../grammar.ts";
import type { Wanted } from "../wanted.ts";
import type { Invariant } from "./invariant.ts";

/**
 * What a revert goes back to is the version that was last told to be everywhere.
 *
 * Checked when something is declared: where the version before was told to be as declared while it was kept, it is what
 * is gone back to from now on; a version that was not changed keeps its way back; and never is anything gone back to that
 * was not declared before.
 */
export const former: Invariant = {
  name: "policy: the way back is not forgotten",
  on: ["wrote"],
  watch: ({ history }) => {
    const before = new Map<string, Wanted>();
    /** Groups whose version was told to be as declared. */
    const proven = new Map<string, number>();
    return (happening) => {
      if (happening.kind !== "wrote") return undefined;
      let wrong: string | undefined;
      if (happening.declaration !== undefined) {
        for (const group of before.keys()) if (!history.groups().includes(group)) forget(group);
        for (const group of history.groups()) wrong ??= take(group);
      }
      for (const { type, group = "" } of happening.events) {
        const { mode, steering, reverted } = history.wanted(group) ?? {};
        const isKept = mode === "enforce" && steering?.goal !== "destroying" && reverted === "no";
        if (type === "group.converged" && isKept) proven.set(group, happening.at);
      }
      return wrong;
    };

    function forget(group: string): void {
      before.delete(group);
      proven.delete(group);
    }

    function take(group: string): string | undefined {
      const now = history.wanted(group);
      const was = before.get(group);
      if (now === undefined) return undefined;
      before.set(group, now);
      if (was === undefined) return undefined;
      const isChanged = !sameVersion(was.text, now.text);
      // What is written down at the same moment may have been begun before it was.
      const wasProven = (proven.get(group) ?? now.since) < now.since;
      if (isChanged || now.reverted !== "no") proven.delete(group);
      // Once a revert has come through, what is everywhere is what was gone back to.
      if (was.reverted !== "no" && now.former !== undefined && sameVersion(now.former, was.aim)) return undefined;
      const expected = isChanged && wasProven ? was.text : was.former;
      const isKnown = now.former !== undefined && isChanged && sameVersion(now.former, was.text);
      const isExpected =
        expected === undefined
          ? now.former === undefined
          : now.former !== undefined && sameVersion(expected, now.former);
      // It may have been everywhere without that having been told.
      if (isExpected || (isKnown && !wasProven)) return undefined;
      const [to, not] = [now.former, expected].map((text) =>
        text === undefined ? "nothing" : `${text.image}/${text.note}`,
      );
      return `${group} would go back to ${to}, and not to ${not}`;
    }
  },
};
