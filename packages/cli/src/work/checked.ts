/** What the checks of a stack and of its resources say, when it is as declared. */
import type { StackChecks } from "@muster/daemon";
import { type CheckStatus, MusterError } from "@muster/model";
import { type Begun, goesOn, interrupted } from "./converge.ts";
import { rest } from "./rest.ts";

/** Whoever was only just started may not answer yet: for so long it is hoped for, in milliseconds. */
const HOPE_MS = 10_000;
const ASK_EVERY_MS = 1_000;

/** Asks until they hold, for a while. Throws `checks.failed`, `checks.unknown`, and `apply.interrupted` with the signal. */
export async function untilChecked({ api, keptBy, answer: { stack } }: Begun, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  for (;;) {
    const error = failureOf(await api.askChecks({ stack }));
    if (error === undefined) return;
    if (signal.aborted) throw interrupted(stack, goesOn(keptBy, api.socket, stack));
    if (performance.now() - began + ASK_EVERY_MS > HOPE_MS) throw error;
    await rest(ASK_EVERY_MS, signal);
  }
}

/** So many are named; the others are counted. */
const NAMED = 5;

function failureOf({ stack, statuses }: StackChecks): MusterError | undefined {
  const failed = statuses.filter(({ verdict }) => verdict === "fail");
  const unknown = statuses.filter(({ verdict }) => verdict === "unknown");
  const all = statuses.length;
  if (failed.length > 0) {
    return new MusterError("checks.failed", { stack, failed: failed.length, all, detail: listed(failed) });
  }
  if (unknown.length === 0) return undefined;
  return new MusterError("checks.unknown", { stack, unknown: unknown.length, all, detail: listed(unknown) });
}

function listed(statuses: readonly CheckStatus[]): string {
  const words = statuses.slice(0, NAMED).map(({ resource, check, reason }) => {
    return `${resource === undefined ? "" : `${resource}: `}${check}: ${reason ?? ""}`;
  });
  const more = statuses.length - NAMED;
  return `${words.join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}
