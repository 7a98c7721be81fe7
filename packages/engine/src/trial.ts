/**
 * Members on trial: those that were made or changed, until they have been healthy for `minReady`. Only these are kept
 * in memory; of everybody else a look tells all there is to know.
 */
import { ownOf } from "@muster/model";
import type { Health, Living } from "./census.ts";
import type { Call, Memory, Young } from "./memory.ts";
import type { RolloutPolicy } from "./policy.ts";

/** How a member stands in its trial, after this look. */
export interface Trial {
  /** Undefined when it is over, and was passed. */
  readonly young: Young | undefined;
  /** It has failed in this pass. */
  readonly fails: boolean;
  /** It has passed in this pass. */
  readonly passes: boolean;
  /** When the next thing is to be told, ms since 1970. */
  readonly wakeAt: number | undefined;
}

/** The trial of a member that was made or changed by this call. One that is changed anew is tried anew. */
export function trialBy({ kind, state }: Call, before: Young | undefined, now: number): Young {
  if (before !== undefined && !(kind === "update" && "at" in state && state.at >= before.since)) return before;
  return { kind: kind === "update" ? "changed" : "made", since: now, readyAt: null, failed: false };
}

/** @param unsettled a call is open on it: what the look shows may be older than the change */
export function tryMember(
  before: Young,
  health: Health,
  unsettled: boolean,
  policy: RolloutPolicy,
  { lookedAt, now }: { readonly lookedAt: number; readonly now: number },
): Trial {
  const still = { fails: false, passes: false } as const;
  if (health === "ready") {
    if (unsettled) return { ...still, young: but(before, { readyAt: null }), wakeAt: undefined };
    const readyAt = before.readyAt ?? now;
    const countsAt = readyAt + policy.minReadyMs;
    // A look may take as long as its slowest answer: what it shows is no newer than its beginning.
    if (policy.minReadyMs === 0 || lookedAt >= countsAt)
      return { young: undefined, fails: false, passes: true, wakeAt: undefined };
    return { ...still, young: but(before, { readyAt }), wakeAt: countsAt };
  }
  const deadline = before.since + policy.healthyDeadlineMs;
  const fails = !before.failed && (health === "failing" || now >= deadline);
  const failed = before.failed || fails;
  return { young: but(before, { readyAt: null, failed }), fails, passes: false, wakeAt: failed ? undefined : deadline };
}

/** An entry that says the same keeps its identity, so that nothing is written when nothing happened. */
function but(before: Young, changes: Partial<Pick<Young, "readyAt" | "failed">>): Young {
  const { readyAt = before.readyAt, failed = before.failed } = changes;
  return readyAt === before.readyAt && failed === before.failed ? before : { ...before, readyAt, failed };
}

/** How the trials stand after this look. */
export interface Trials {
  readonly young: Memory["young"];
  /** Members that passed, and that failed, in this pass. */
  readonly passed: readonly Living[];
  readonly failed: readonly Living[];
  readonly wakeAt: number | undefined;
}

/** Gathers how the trials stand. Nothing new is made where nothing has changed. */
export function openTrials(before: Memory["young"]) {
  // Nearly always nobody is on trial: then nothing is looked up.
  const count = countOf(before);
  const now: [string, Young][] = [];
  const passed: Living[] = [];
  const failed: Living[] = [];
  let same = true;
  let wakeAt: number | undefined;
  const of = (id: string): Young | undefined => (count > 0 ? ownOf(before, id) : undefined);
  return {
    of,
    keep(id: string, trial: Young): void {
      now.push([id, trial]);
      same &&= of(id) === trial;
    },
    note(member: Living, trial: Trial): void {
      const { id } = member.seen;
      if (trial.young !== undefined) now.push([id, trial.young]);
      same &&= trial.young !== undefined && of(id) === trial.young;
      if (trial.passes) passed.push(member);
      if (trial.fails) failed.push(member);
      if (trial.wakeAt !== undefined) wakeAt = Math.min(wakeAt ?? trial.wakeAt, trial.wakeAt);
    },
    close(): Trials {
      const unchanged = same && now.length === count;
      return { young: unchanged ? before : Object.fromEntries(now), passed, failed, wakeAt };
    },
  };
}

function countOf(young: Memory["young"]): number {
  let count = 0;
  for (const _ in young) count++;
  return count;
}

/** It has not been healthy without a break. */
export function broken(trial: Young): Young {
  return but(trial, { readyAt: null });
}

/**
 * The trials after a look that decides nothing yet: how it shows a member to do is how it does, whoever else it leaves out.
 * Whoever it does not show is as before, and whether one has failed the next look says. The same object where nothing is new.
 *
 * @param passed those whose trial is over
 */
export function witnessed(
  before: Memory["young"],
  after: Memory["young"],
  passed: ReadonlySet<string>,
): Memory["young"] {
  const shown = Object.entries(after).map(([id, { kind, since, readyAt }]): [string, Young] => {
    const known = ownOf(before, id);
    const isSame = known !== undefined && known.kind === kind && known.since === since;
    return [id, isSame ? but(known, { readyAt }) : { kind, since, readyAt, failed: false }];
  });
  const unseen = Object.entries(before).filter(([id]) => ownOf(after, id) === undefined && !passed.has(id));
  const entries = [...unseen, ...shown];
  const isSame = entries.length === Object.keys(before).length && entries.every(([id, young]) => before[id] === young);
  return isSame ? before : Object.fromEntries(entries);
}
