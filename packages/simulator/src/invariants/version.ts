import { isOfVersion } from "../grammar.ts";
import type { CallRecord, History } from "../records.ts";
import type { Invariant } from "./invariant.ts";

/**
 * Only what is wanted is made: the declared version or, where that is on its way or was given up, the one before. Once a
 * group is kept at its former version it never goes forward again by itself.
 *
 * Checked at every create and change, against what is really asked for, with what was declared at any time since the look
 * it rests on began.
 */
export const version: Invariant = {
  name: "policy: a revert never flips back by itself",
  on: ["called"],
  watch:
    ({ history }) =>
    (happening) => {
      if (happening.kind !== "called" || happening.verb === "destroy") return undefined;
      const mine = history.calls.get(happening.call);
      return mine === undefined || mine.loose ? undefined : unwanted(mine, history);
    },
};

function unwanted({ number, verb, group, want, decision }: CallRecord, history: History): string | undefined {
  if (decision === undefined) return undefined;
  const wanted = history.wantedSince(group, decision.look?.began ?? decision.at);
  if (wanted.some(({ aim }) => isOfVersion(aim, want))) return undefined;
  const isKnown = wanted.some(({ former, reverted }) => reverted === "no" && former && isOfVersion(former, want));
  if (isKnown) return undefined;
  const what = `${want?.["image"]}/${want?.["note"]}`;
  return `call ${number} (${verb}) makes ${what} in ${group}, which is neither what is wanted nor what was before`;
}
