import type { JsonObject, Verdict } from "@muster/model";
import { changesOf } from "./amend.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import type { Call, Memory, Young } from "./memory.ts";
import type { Settled } from "./settle.ts";
import { broken, openTrials, type Trials, trialBy, tryMember } from "./trial.ts";

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
  /** It runs no more and never will again: to take it away disturbs nobody. */
  readonly ended: boolean;
  /** It has the revision that is wanted, and nobody wants another in its place. */
  readonly current: boolean;
  /** A person wants an equal one in its place. */
  readonly replaced: boolean;
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
  /** Those of them that are still there, in their places and as they are wanted. */
  readonly lingering: readonly Seen[];
  /** Those that a person has set aside: nobody of the group, but there, with what they hold. */
  readonly aside: readonly Seen[];
  readonly trials: Trials;
  /** When the first failing member that is still called starting must be judged, ms since 1970. */
  readonly graceEnds: number | undefined;
}

const UNKNOWN: Verdict = { kind: "unknown", reason: "not asked yet" };

/** What a census is taken of. */
export interface Roll {
  readonly declared: DeclaredGroup;
  readonly look: GoodLook;
  readonly settled: Pick<Settled, "open" | "fresh">;
  readonly memory: Pick<Memory, "young" | "replacing" | "aside" | "doomed">;
  readonly now: number;
}

export function takeCensus({ declared, look, settled, memory, now }: Roll): Census {
  const { young: before, replacing } = memory;
  const apart = asideIn(declared, memory);
  const aside: Seen[] = [];
  const names = declared.slots.kind === "named" ? new Set(declared.slots.names) : undefined;
  const { callOn, createOf, leaving } = callsOf(settled.open);
  const trials = openTrials(before);
  const living: Living[] = [];
  const lingering: Seen[] = [];
  let graceEnds: number | undefined;
  for (const seen of look.members) {
    const call = callOn.size > 0 ? callOn.get(seen.id) : undefined;
    const creating = createOf.size > 0 && seen.mark.intent !== undefined && createOf.delete(seen.mark.intent);
    const onTrial = trials.of(seen.id);
    if (call?.kind === "destroy") {
      // Nobody judges it any more; but it may turn out that it cannot be destroyed, and who was not well begins anew then.
      const isWell = look.verdicts.get(seen.id)?.kind === "pass";
      if (onTrial !== undefined) trials.keep(seen.id, isWell ? onTrial : broken(onTrial));
      if (isPlaced(seen, names) && isAsWanted(declared, seen)) lingering.push(seen);
      continue;
    }
    if (apart.has(seen.id)) {
      aside.push(seen);
      continue;
    }
    const fresh = settled.fresh.size > 0 ? settled.fresh.get(seen.id) : undefined;
    const young = fresh === undefined ? onTrial : trialBy(fresh, onTrial, now);
    const verdict = look.verdicts.get(seen.id) ?? UNKNOWN;
    const { health, until } = howItDoes(declared, seen, verdict, young, call, now);
    if (until !== undefined) graceEnds = Math.min(graceEnds ?? until, until);
    // What was refused has changed nothing.
    const unsettled = creating || (call !== undefined && call.state.kind !== "failed");
    const trial = young && tryMember(young, health, unsettled, declared.rollout, { lookedAt: look.startedAt, now });
    const replaced = replacing.length > 0 && replacing.includes(seen.id);
    const current = seen.mark.revision === declared.revision && !replaced;
    const changes = current ? changesOf(declared, seen) : undefined;
    // Shown as it is wanted before the call that changes it has been answered: its trial has not even begun.
    const isUntried = call?.kind === "update" && call.state.kind === "called" && current && changes === undefined;
    const member: Living = {
      seen,
      // One that has not come up by its deadline has failed its trial; but whose health is unknown is not repaired.
      health,
      available: health === "ready" && trial?.young === undefined && !isUntried,
      down: verdict.kind === "fail" || (verdict.kind === "unknown" && seen.phase !== "running"),
      ended: seen.phase === "ended" && !isBeingRestarted(declared, call),
      current,
      replaced,
      changes,
      placed: isPlaced(seen, names),
      call,
    };
    living.push(member);
    if (trial !== undefined) trials.note(member, trial);
  }
  return { living, pending: unseen(createOf, look), leaving, lingering, aside, trials: trials.close(), graceEnds };
}

/** @param names the places that are declared; undefined where they are numbers, which are all alike */
function isPlaced({ mark }: Seen, names: ReadonlySet<string> | undefined): boolean {
  return names === undefined || (mark.slot !== undefined && names.has(mark.slot));
}

function isAsWanted(declared: DeclaredGroup, seen: Seen): boolean {
  return seen.mark.revision === declared.revision && changesOf(declared, seen) === undefined;
}

/** Whoever was set aside is nobody of the group, but for whoever wants it gone. */
function asideIn(
  { goal }: Pick<DeclaredGroup, "goal">,
  { aside, doomed }: Pick<Memory, "aside" | "doomed">,
): ReadonlySet<string> {
  if (aside.length === 0 || goal === "destroy") return NOBODY;
  return new Set(aside.filter((id) => !doomed.includes(id)));
}

const NOBODY: ReadonlySet<string> = new Set();

interface OpenCalls {
  readonly callOn: ReadonlyMap<string, Call>;
  /** Whoever is seen is taken out of it. */
  readonly createOf: Map<string, Call>;
  readonly leaving: readonly Call[];
}

const NO_CALLS: OpenCalls = { callOn: new Map(), createOf: new Map(), leaving: [] };

/** The open calls, by what they are about. */
function callsOf(open: readonly Call[]): OpenCalls {
  if (open.length === 0) return NO_CALLS;
  const callOn = new Map<string, Call>();
  const createOf = new Map<string, Call>();
  const leaving: Call[] = [];
  for (const call of open) {
    if (call.kind === "create") createOf.set(call.intent, call);
    else if (call.instance !== null) callOn.set(call.instance, call);
    if (call.kind === "destroy") leaving.push(call);
  }
  return { callOn, createOf, leaving };
}

/** Creates whose member the look does not show: neither by its intent nor, where it bears none, by its id. */
function unseen(createOf: ReadonlyMap<string, Call>, { members }: GoodLook): readonly Call[] {
  if (createOf.size === 0) return [];
  const unsigned = new Set<string>();
  for (const { id, mark } of members) if (mark.intent === undefined) unsigned.add(id);
  return [...createOf.values()].filter(({ instance }) => instance === null || !unsigned.has(instance));
}

/** How it does; and until when one that fails is still called starting. */
function howItDoes(
  declared: DeclaredGroup,
  seen: Seen,
  verdict: Verdict,
  young: Young | undefined,
  call: Call | undefined,
  now: number,
): { readonly health: Health; readonly until?: number } {
  // So does nearly everybody, at nearly every look.
  if (verdict.kind === "pass" && seen.phase !== "ended") return READY;
  const { restarting, rollout } = declared;
  // A change that takes nobody away is no excuse for failing.
  const isRestarted = restarting.length > 0 && (young?.kind === "changed" || isChanging(call));
  if (verdict.kind === "fail" && isBeingRestarted(declared, call)) return { health: "waiting" };
  // Who has ended is not starting any more.
  if (seen.phase === "ended") return { health: "failing" };
  const since = young !== undefined && (isRestarted || !isPast(seen.since, now)) ? young.since : seen.since;
  const health = healthOf({ since }, verdict, rollout.initialDelayMs, now);
  const starting = verdict.kind === "fail" && health === "waiting";
  return starting ? { health, until: since + rollout.initialDelayMs } : { health };
}

const READY = { health: "ready" } as const;

function isBeingRestarted({ restarting }: DeclaredGroup, call: Call | undefined): boolean {
  return restarting.length > 0 && isChanging(call);
}

/** It is being changed by our own hand, or the look may be older than the change: that it fails says nothing yet. */
function isChanging(call: Call | undefined): boolean {
  return call?.kind === "update" && call.state.kind !== "failed";
}

/** @param since when it came to be, or was changed */
export function healthOf(
  { since }: Pick<Seen, "since">,
  verdict: Verdict,
  initialDelayMs: number,
  now: number,
): Health {
  if (verdict.kind === "pass") return "ready";
  if (verdict.kind === "unknown") return "waiting";
  return isPast(since, now) && now - since < initialDelayMs ? "waiting" : "failing";
}

/** A provider whose clock is ahead, or that says nonsense, would have a member start for ever. */
function isPast(since: number, now: number): boolean {
  return since <= now;
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
  for (const member of census.living) {
    // Whoever is being changed is of the wanted version as soon as that is listed.
    const isChanging = member.call?.kind === "update" && isBusy(member);
    if (member.placed && (isChanging || !isStale(member))) count++;
  }
  for (const call of census.pending) if (call.revision === revision) count++;
  return count;
}
