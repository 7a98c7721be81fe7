/** What checks say of one thing, as one verdict. */
import type { Whom } from "@muster/checks";
import { type Check, checkText, messageOf, PASS, type ResolvedCheck, type Verdict } from "@muster/model";
import type { AskChecks } from "./whom.ts";

/** What each says, in their order. Nothing is thrown, and of what is not known yet nobody is asked. */
export async function verdictsOf(
  resolved: readonly ResolvedCheck[],
  whom: Whom,
  ask: AskChecks,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const askable = resolved.filter(({ unknown }) => unknown.length === 0).map(({ check }) => check);
  const answers = new Map<Check, Verdict>();
  try {
    const verdicts = askable.length === 0 ? [] : await ask(askable, whom, signal);
    for (const [index, check] of askable.entries()) answers.set(check, verdicts[index] ?? UNSAID);
  } catch (thrown) {
    const unknown: Verdict = { kind: "unknown", reason: messageOf(thrown) };
    for (const check of askable) answers.set(check, unknown);
  }
  return resolved.map(({ check, unknown: [first] }) => {
    if (first !== undefined) return { kind: "unknown", reason: `\`${first}\` is not known` };
    return answers.get(check) ?? UNSAID;
  });
}

const UNSAID: Verdict = { kind: "unknown", reason: "nobody said" };

/** A failure weighs more than what nobody could tell. */
export function together(checks: readonly Check[], verdicts: readonly Verdict[]): Verdict {
  return worst("fail", checks, verdicts) ?? worst("unknown", checks, verdicts) ?? PASS;
}

function worst(kind: "fail" | "unknown", checks: readonly Check[], verdicts: readonly Verdict[]): Verdict | undefined {
  const bad = verdicts.flatMap((verdict, index) => {
    const check = checks[index];
    return verdict.kind === kind && check !== undefined ? [`check ${checkText(check)}: ${verdict.reason}`] : [];
  });
  const [first, ...others] = bad;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : `; and ${others.length} more`;
  return { kind, reason: `${first}${more}`, by: "checks" };
}
