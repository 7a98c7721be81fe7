/** Checks that are asked of this machine, once. */
import { type Check, localTarget, type Report, type Result, surroundingsOf, verify } from "@muster/checks";
import { EXIT } from "@muster/model";
import type { Cli } from "../cli.ts";
import { listenForEnd } from "../work/ending.ts";

export interface AskedHere {
  readonly report: Report;
  readonly byCheck: ReadonlyMap<Check, readonly Result[]>;
}

/**
 * Asks all of them, until it is ended by a signal.
 *
 * @param timeoutMs of all answers together
 */
export async function askHere(cli: Cli, checks: readonly Check[], timeoutMs: number): Promise<AskedHere> {
  const ending = listenForEnd();
  const signal = AbortSignal.any([ending.asked, cli.out.closed]);
  const report = await verify(checks, {
    ...{ targets: [localTarget(surroundingsOf(cli.env))], timeoutMs, signal },
    ...{ retryForMs: 0, now: Date.now, pause: async () => undefined },
  });
  ending.forget();
  if (ending.asked.aborted) cli.process.exitCode = EXIT.interrupted;
  return { report, byCheck: byCheckIn(checks, report.results) };
}

/** Sets the exit code by what must hold and does not, unless a signal has. */
export function exitBy({ process }: Cli, wrong: { readonly fail: number; readonly unknown: number }): void {
  if (process.exitCode !== undefined) return;
  if (wrong.fail > 0) process.exitCode = EXIT.failed;
  else if (wrong.unknown > 0) process.exitCode = EXIT.unsure;
}

/** The results come in the order of the checks, one for each statement. */
function byCheckIn(checks: readonly Check[], results: readonly Result[]): AskedHere["byCheck"] {
  let from = 0;
  return new Map(
    checks.map((check) => {
      const its = results.slice(from, from + check.statements.length);
      from += its.length;
      return [check, its] as const;
    }),
  );
}
