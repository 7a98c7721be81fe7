/** What changes from one round to the next: pure. */
import { type Address, type CheckStatus, checkText, type EventDraft, type Verdict } from "@muster/model";
import { MUSTER } from "../events.ts";
import type { Watched } from "./declared.ts";

/** Those that do not hold, by key, and since when: ms since 1970. What is written down of them. */
export type Open = Readonly<Record<string, number>>;

export interface Standing {
  readonly open: Open;
  /** They failed in the last round for the first time: once more, and they are open. */
  readonly suspects: ReadonlySet<string>;
  readonly statuses: ReadonlyMap<string, CheckStatus>;
}

export const NOTHING_STANDS: Standing = { open: {}, suspects: new Set(), statuses: new Map() };

/**
 * A check is open when it has failed twice in a row, and closed when it passes: somebody who is just being restarted is no
 * news. What nobody can tell opens nothing and closes nothing. What is declared no longer is forgotten.
 */
export function standingAfter(
  before: Standing,
  all: readonly Watched[],
  verdicts: ReadonlyMap<string, Verdict>,
  now: number,
): { readonly standing: Standing; readonly events: readonly EventDraft[] } {
  const open: Record<string, number> = {};
  const suspects = new Set<string>();
  const statuses = new Map<string, CheckStatus>();
  const events: EventDraft[] = [];
  for (const watched of all) {
    const { key } = watched;
    const verdict = verdicts.get(key) ?? { kind: "unknown", reason: "nobody was asked" };
    const since = before.open[key];
    const status = statusOf(watched, verdict, before.statuses.get(key), now);
    statuses.set(key, status);
    if (since !== undefined && verdict.kind !== "pass") open[key] = since;
    else if (since !== undefined) events.push(eventOf(watched, "check.passed", "holds again"));
    else if (verdict.kind === "fail" && before.suspects.has(key)) {
      open[key] = status.since;
      events.push(eventOf(watched, "check.failed", verdict.reason));
    } else if (verdict.kind === "fail" || (verdict.kind === "unknown" && before.suspects.has(key))) suspects.add(key);
  }
  return { standing: { open, suspects, statuses }, events };
}

function statusOf(
  { resource, check }: Watched,
  verdict: Verdict,
  before: CheckStatus | undefined,
  now: number,
): CheckStatus {
  return {
    ...(resource === undefined ? {} : { resource }),
    ...{ check: checkText(check), verdict: verdict.kind },
    ...(verdict.kind === "pass" ? {} : { reason: verdict.reason }),
    since: before?.verdict === verdict.kind ? before.since : now,
  };
}

function eventOf({ resource, check }: Watched, type: "check.failed" | "check.passed", what: string): EventDraft {
  const message = `${subject(resource)}check ${checkText(check)}: ${what}`;
  return { type, ...(resource === undefined ? {} : { resource }), actor: MUSTER, cause: "corrective", message };
}

function subject(resource: Address | undefined): string {
  return resource === undefined ? "" : `${resource}: `;
}
