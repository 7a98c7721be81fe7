/** Whom checks are asked of, where they are not asked from outside. */
import { nobodyIn, type Whom } from "@muster/checks";
import type { Check, Verdict } from "@muster/model";
import type { Provider, ResourceType } from "@muster/plugin";

/**
 * What is to be said of each, in their order: all that must be known of whom they are asked of is asked at once. A reason says
 * which of the statements does not hold and how it differs, in a line that everybody may read. It may throw: then nobody
 * knows.
 */
export type AskChecks = (checks: readonly Check[], whom: Whom, signal: AbortSignal) => Promise<readonly Verdict[]>;

export const HERE: Whom = { kind: "this machine" };

/** A process sees the machine that it runs on. What has a console of its own is a machine of its own. */
export function whomOf(
  type: Pick<ResourceType, "name" | "known">,
  local: boolean,
  provider: Partial<Provider>,
  id: string,
): Whom {
  const { exec, console } = provider;
  if (type.name === "process" || type.known === "task") return HERE;
  if (exec !== undefined) {
    return { kind: "inside", name: id, begin: (asked, signal) => exec(id, asked, { signal }) };
  }
  if (local && console === undefined) return HERE;
  return nobodyIn(type.name);
}
