import type { JsonObject, Verdict } from "@muster/model";
import { changesOf } from "./amend.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import type { Call, Memory, Young } from "./memory.ts";
import type { Settled } from "./settle.ts";
import { type Trial, tryMember } from "./trial.ts";

/** How a member does: `ready` passes, `failing` does not, `waiting` cannot be told yet. */
export type Health = "ready" | "waiting" | "failing";

/** A member that is there and that nobody is destroying. */
export interface Living {
  readonly seen: Seen;
  readonly health: Health;
  /** It counts: it is healthy, and has been for long enough. */
  readonly available: boolean;
  /** It is known not to be up, so that taking it away costs nothing. Of one whose health is unknown nobody can say so. */
  readonly down: boolean;
  /** It has the revision that is wanted. */
  readonly current: boolean;
  /** What has to be changed on it; undefined when nothing has. Only of a current one can that be said. */
  readonly changes: JsonObject | undefined;
  /** It fills a place that is declared. */
  readonly placed: boolean;
  /** A call that is open on it. */
  readonly call: Call | undefined;
}

/** Everybody who belongs to the group, seen or expected, each counted once. */
export interface Census {
  readonly living: readonly Living[];
  /** Creates that are open and not seen yet. */
  readonly pending: readonly Call[];
  /** Members with an open destroy, seen or not. */
  readonly leaving: readonly Call[];
  readonly trials: Trials;
}

/** How the trials stand after this look. */
export interface Trials {
  readonly young: Memory["young"];
  /** Members that passed, and that failed, in this pass. */
  readonly passed: readonly Living[];
  readonly failed: readonly Living[];
  readonly wakeAt: number | undefined;
}

const UNKNOWN: Verdict = { kind: "unknown", reason: "not asked yet" };

/** What a census is taken of. */
export interface Roll {
  readonly declared: DeclaredGroup;
  readonly look: GoodLook;
  readonly settled: Pick<Settled, "open" | "fresh">;
  readonly young: Memory["young"];
  readonly now: number;
}

export function takeCensus({ declared, look, settled, young, now }: Roll): Census {
  const names = declared.slots.kind === "named" ? new Set(declared.slots.names) : undefined;
  const callOn = new Map<string, Call>();
  const createOf = new Map<string, Call>();
  const leaving: Call[] = [];
  for (const call of settled.open) {
    if (call.kind === "create") createOf.set(call.intent, call);
    else if (call.instance !== null) callOn.set(call.instance, call);
    if (call.kind === "destroy") leaving.push(call);
  }
  const trials = openTrials(young);
  const living: Living[] = [];
  for (const seen of look.members) {
    const call = callOn.size > 0 ? callOn.get(seen.id) : undefined;
    const creating = createOf.size > 0 && seen.mark.intent !== undefined && createOf.delete(seen.mark.intent);
    if (call?.kind === "destroy") continue;
    const verdict = look.verdicts.get(seen.id) ?? UNKNOWN;
    const health = healthOf(seen, verdict, declared.rollout.initialDelayMs, now);
    const onTrial = young[seen.id];
    const isTried = onTrial !== undefined || settled.fresh.has(seen.id);
    const unsettled = creating || call !== undefined;
    const trial = isTried ? tryMember(onTrial, health, unsettled, declared.rollout, now) : undefined;
    const current = seen.mark.revision === declared.revision;
    const member: Living = {
      seen,
      // Whoever has not come up by its deadline is as one that fails.
      health: health === "waiting" && trial?.young?.failed === true ? "failing" : health,
      available: health === "ready" && trial?.young === undefined,
      down: verdict.kind === "fail" || (verdict.kind === "unknown" && seen.phase !== "running"),
      current,
      changes: current ? changesOf(declared, seen) : undefined,
      placed: names === undefined || (seen.mark.slot !== undefined && names.has(seen.mark.slot)),
      call,
    };
    living.push(member);
    if (trial !== undefined) trials.note(member, trial);
  }
  const unsigned = createOf.size > 0 ? look.members.filter(({ mark }) => mark.intent === undefined) : [];
  const shown = new Set(unsigned.map(({ id }) => id));
  const pending = [...createOf.values()].filter((call) => call.instance === null || !shown.has(call.instance));
  return { living, pending, leaving, trials: trials.close() };
}

/** Gathers how the trials stand. Nothing new is made where nothing has changed. */
function openTrials(before: Memory["young"]) {
  const now: [string, Young][] = [];
  const passed: Living[] = [];
  const failed: Living[] = [];
  let same = true;
  let wakeAt: number | undefined;
  return {
    note(member: Living, trial: Trial): void {
      const { id } = member.seen;
      if (trial.young !== undefined) now.push([id, trial.young]);
      same &&= trial.young !== undefined && before[id] === trial.young;
      if (trial.passes) passed.push(member);
      if (trial.fails) failed.push(member);
      if (trial.wakeAt !== undefined) wakeAt = Math.min(wakeAt ?? trial.wakeAt, trial.wakeAt);
    },
    close(): Trials {
      const unchanged = same && now.length === Object.keys(before).length;
      return { young: unchanged ? before : Object.fromEntries(now), passed, failed, wakeAt };
    },
  };
}

export function healthOf(seen: Seen, verdict: Verdict, initialDelayMs: number, now: number): Health {
  if (verdict.kind === "pass") return "ready";
  if (verdict.kind === "unknown") return "waiting";
  return now - seen.since < initialDelayMs ? "waiting" : "failing";
}

/** How many members count. */
export function availableCount({ living }: Census): number {
  let count = 0;
  for (const { available } of living) if (available) count++;
  return count;
}

/** A change of it is under way. One that was refused does not stand in the way of taking it away. */
export function isBusy({ call }: Living): boolean {
  return call !== undefined && call.state.kind !== "failed";
}

/** It is not what is wanted: of another revision, or with a property that has to be changed. */
export function isStale({ current, changes }: Living): boolean {
  return !current || changes !== undefined;
}

/** Everybody there is or may be: what a create must not push above size + maxSurge. */
export function headCount(census: Census): number {
  return census.living.length + census.pending.length + census.leaving.length;
}

/** How many there are, or are about to be, as they are wanted. */
export function arrivingCount(census: Census, revision: string): number {
  let count = 0;
  for (const member of census.living) if (member.placed && !isStale(member)) count++;
  for (const call of census.pending) if (call.revision === revision) count++;
  return count;
}
