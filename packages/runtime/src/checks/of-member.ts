/** The checks of a group, asked of one of its members. */
import { selfOf } from "@muster/engine";
import { type Check, type Mark, type ResolvedCheck, resolveCheck, SELF_WORDS, type Self } from "@muster/model";
import type { Treatment } from "../bind.ts";

/** The checks that a member of this version must pass, in its own words. */
export function checksOfMember({ group }: Treatment, mark: Mark): readonly ResolvedCheck[] {
  const self = selfOf({ stack: mark.stack, name: mark.owner, slots: group.slots }, mark);
  return group.checks.map((check: Check) =>
    resolveCheck(check, (reference) => {
      return reference.of === "self" ? wordIn(self, reference.word) : undefined;
    }),
  );
}

function wordIn(self: Self, word: string): string | undefined {
  const known = SELF_WORDS.find((each) => each === word);
  return known && self[known];
}
