/** What the next pass must know of this one. What has not changed keeps its identity: then nothing is written. */
import type { Census } from "./census.ts";
import { type DeclaredGroup, wasConverged, wordFor } from "./declared.ts";
import type { GoodLook } from "./look.ts";
import { type Backoff, type Call, emptyMemory, type Memory, type Quarantine, worse } from "./memory.ts";
import { triedAgainAt } from "./quarantine.ts";
import { hourEnds } from "./refill.ts";
import type { Followed } from "./rollout.ts";
import type { Settled } from "./settle.ts";
import type { Action, Scene } from "./step.ts";

/** What a pass has found out and decided. */
export interface Passed {
  readonly scene: Scene;
  readonly look: GoodLook;
  readonly settled: Settled;
  readonly followed: Followed;
  readonly streak: Memory["streak"];
  readonly actions: readonly Action[];
  readonly failing: readonly string[];
  readonly drift: string | null;
  /** Everybody is as aimed at, and nothing is under way or wanted. */
  readonly there: boolean;
}

export function remember(before: Memory, passed: Passed): Memory {
  const { scene, look, settled, followed, actions, there } = passed;
  const { declared, census, memory, quarantine, now } = scene;
  const next: Memory = {
    version: 1,
    calls: rememberCalls(before, settled.open, actions, now),
    young: census.trials.young,
    rollout: followed.rollout,
    proven: followed.proven,
    reverted: followed.reverted,
    streak: passed.streak,
    quarantine,
    creates: countCreates(memory.creates, actions, now),
    failing: passed.failing,
    drift: passed.drift,
    creating: there ? null : memory.creating,
    repairing: there ? null : repairingAfter(memory, actions, quarantine, now),
    doomed: stillThere(memory.doomed, look),
    convergedAs: there ? wordFor(declared) : wasConverged(declared, memory) ? memory.convergedAs : null,
    home: memory.home,
    lastCount: look.members.length,
    vanishedAt: null,
  };
  return MEMBERS.every((member) => before[member] === next[member]) ? before : next;
}

const MEMBERS = Object.keys(emptyMemory()) as readonly (keyof Memory)[];

/** Actions become calls. One that repeats a refused call takes its place and counts on. */
function rememberCalls(
  memory: Memory,
  open: readonly Call[],
  actions: readonly Action[],
  now: number,
): readonly Call[] {
  if (actions.length === 0) return open.length === memory.calls.length ? memory.calls : open;
  const calls = actions.map((action): Call => {
    const { intent, kind, slot, cause, why } = action;
    const revision = action.kind === "create" ? action.revision : "";
    const instance = action.kind === "create" ? null : action.instance;
    const before = instance === null ? undefined : memory.calls.find((call) => call.instance === instance);
    const attempt = (before?.attempt ?? 0) + 1;
    return { intent, kind, slot, revision, cause, why, at: now, attempt, instance, state: { kind: "called" } };
  });
  const repeated = new Set(calls.map((call) => call.instance));
  return [...open.filter((call) => call.instance === null || !repeated.has(call.instance)), ...calls];
}

/** Answers are not believed, looks are: creating has failed until one shows what was made. */
export function creatingAfter({ creating }: Memory, { failure, made }: Settled, now: number): Backoff | null {
  if (failure === undefined) return made ? null : creating;
  // What fails during a wait is of the wave that the wait is for.
  const waiting = creating !== null && now < creating.until;
  return waiting ? creating : worse(creating, { reason: failure, at: now, slot: "" });
}

/** How many creates the hour still allows. */
export function createsLeftOf({ repair }: DeclaredGroup, { creates }: Memory, now: number): number {
  return now >= hourEnds(creates) ? repair.createsPerHour : Math.max(0, repair.createsPerHour - creates.count);
}

function countCreates(creates: Memory["creates"], actions: readonly Action[], now: number): Memory["creates"] {
  const count = actions.filter(({ kind }) => kind === "create").length;
  if (count === 0) return creates;
  return now >= hourEnds(creates) ? { since: now, count } : { ...creates, count: creates.count + count };
}

function repairingAfter(
  { repairing }: Memory,
  actions: readonly Action[],
  quarantine: Quarantine | null,
  now: number,
): Backoff | null {
  const reason = "a member was unhealthy";
  const repairs = actions.filter((action) => action.kind === "destroy" && action.why === "unhealthy");
  const tries = actions.some((action) => action.kind === "create" && action.revision === quarantine?.revision);
  if (quarantine !== null && (repairs.length > 0 || tries || repairing === null || quarantine.since === now)) {
    return { attempts: (repairing?.attempts ?? 0) + 1, until: triedAgainAt(now), reason };
  }
  return repairs.reduce<Backoff | null>((backoff, { slot }) => worse(backoff, { reason, at: now, slot }), repairing);
}

function stillThere(doomed: readonly string[], look: GoodLook): readonly string[] {
  if (doomed.length === 0) return doomed;
  const seen = new Set(look.members.map((member) => member.id));
  const rest = doomed.filter((id) => seen.has(id));
  return rest.length === doomed.length ? doomed : rest;
}

/** Who fails at this look. */
export function failingOf({ living }: Census, before: readonly string[]): readonly string[] {
  const failing: string[] = [];
  for (const { health, seen } of living) if (health === "failing") failing.push(seen.id);
  const same = failing.length === before.length && failing.every((id, index) => id === before[index]);
  return same ? before : failing;
}
