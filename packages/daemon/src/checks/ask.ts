/** What checks that are declared say, each in a line that everybody may read. */
import { setTimeout as pause } from "node:timers/promises";
import { type Result, readable, surroundingsOf, targetOf, verify, type Whom, withheld } from "@muster/checks";
import { type Check, PASS, type Verdict } from "@muster/model";

/** For the whole answer of whom they are asked of, in milliseconds. */
const ANSWER_MS = 10_000;

export async function askChecks(
  checks: readonly Check[],
  whom: Whom,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const { results } = await verify(checks, {
    targets: [targetOf(whom, surroundingsOf(env))],
    timeoutMs: ANSWER_MS,
    now: Date.now,
    pause: (ms, over) => pause(ms, undefined, { signal: over }),
    signal,
    retryForMs: 0,
  });
  // One for each statement, in the order of the checks.
  let next = 0;
  return checks.map(({ statements }) => {
    const from = next;
    next += statements.length;
    return verdictOf(results.slice(from, next));
  });
}

function verdictOf(results: readonly Result[]): Verdict {
  const bad = results.find(({ verdict }) => verdict === "fail") ?? results.find(({ verdict }) => verdict === "unknown");
  if (bad === undefined) return PASS;
  const { verdict, property, expected = "", found = "", reason = "" } = withheld(bad);
  if (verdict === "unknown") return { kind: "unknown", reason: readable(`${property}: ${reason}`) };
  return { kind: "fail", reason: readable(`${property}: expected ${expected}, found ${found}`) };
}
