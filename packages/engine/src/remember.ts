/** What the next pass must know of this one. What has not changed keeps its identity: then nothing is written. */
import { slotCount } from "@muster/model";
import type { Census } from "./census.ts";
import { versionWord, wasConverged, wordFor } from "./declared.ts";
import type { GoodLook } from "./look.ts";
import { countCreates } from "./making.ts";
import { type Backoff, type Call, isOutlived, type Memory, waitAgain, worse } from "./memory.ts";
import { afterTrying } from "./quarantine.ts";
import type { Followed } from "./rollout.ts";
import type { Settled } from "./settle.ts";
import type { Action, Scene } from "./step.ts";

/** What a pass has found out. */
export interface FoundOut {
  readonly scene: Scene;
  readonly settled: Settled;
  readonly followed: Followed;
  readonly streak: Memory["streak"];
}

/** What it has decided on that. */
export interface Passed {
  readonly look: GoodLook;
  readonly actions: readonly Action[];
  readonly failing: readonly string[];
  readonly drift: string | null;
  /** Everybody is as aimed at, and nothing is under way or wanted. */
  readonly there: boolean;
}

export function remember(before: Memory, { scene, settled, followed, streak }: FoundOut, passed: Passed): Memory {
  const { look, actions, there } = passed;
  const { declared, census, memory, quarantine, now } = scene;
  const calls = rememberCalls(before, settled.open, actions, scene);
  const { young } = census.trials;
  const { rollout, proven, reverted } = followed;
  const { failing, drift } = passed;
  const tried = afterTrying(quarantine, actions, now);
  const creates = countCreates(memory, actions, now);
  const creating = there ? null : memory.creating;
  const late = pacedBy(memory.late, actions, now);
  const repairing = repairingAfter(scene, actions);
  const { version, retriedIn, home } = memory;
  const doomed = stillThere(memory.doomed, look);
  const replacing = stillThere(memory.replacing, look);
  const aside = stillThere(memory.aside, look);
  const convergedAs = there ? wordFor(declared) : wasConverged(declared, memory) ? memory.convergedAs : null;
  const lastCount = look.members.length;
  const isSame =
    calls === before.calls &&
    young === before.young &&
    rollout === before.rollout &&
    proven === before.proven &&
    reverted === before.reverted &&
    streak === before.streak &&
    tried === before.quarantine &&
    creates === before.creates &&
    failing === before.failing &&
    drift === before.drift &&
    creating === before.creating &&
    // A wait that has been outlived is no news: it is forgotten with the next that is.
    (late === before.late || late === null) &&
    repairing === before.repairing &&
    doomed === before.doomed &&
    replacing === before.replacing &&
    aside === before.aside &&
    convergedAs === before.convergedAs &&
    lastCount === before.lastCount &&
    before.vanishedAt === null;
  if (isSame) return before;
  return {
    version,
    calls,
    young,
    rollout,
    proven,
    reverted,
    streak,
    quarantine: tried,
    creates,
    failing,
    drift,
    creating,
    late,
    repairing,
    retriedIn,
    doomed,
    replacing,
    aside,
    convergedAs,
    home,
    lastCount,
    vanishedAt: null,
  };
}

/** Actions become calls. One that repeats a refused call takes its place and counts on. */
function rememberCalls(
  memory: Memory,
  open: readonly Call[],
  actions: readonly Action[],
  { declared, now }: Scene,
): readonly Call[] {
  if (actions.length === 0) {
    const same = open.length === memory.calls.length && open.every((call, index) => call === memory.calls[index]);
    return same ? memory.calls : open;
  }
  const to = versionWord(declared);
  const failed = new Map(memory.calls.filter(isFailed).map((call) => [call.instance, call]));
  const calls = actions.map((action): Call => {
    const { intent, kind, slot, cause, why } = action;
    const revision = action.kind === "create" ? action.revision : "";
    const instance = action.kind === "create" ? null : action.instance;
    const before = instance === null ? undefined : failed.get(instance);
    const isSame = before?.kind === kind && (kind === "destroy" || before.to === to);
    const attempt = (isSame ? before.attempt : 0) + 1;
    const common = { intent, kind, slot, revision, cause, why, at: now, attempt, instance } as const;
    return { ...common, ...(kind === "update" ? { to } : {}), state: { kind: "called" } };
  });
  const repeated = new Set(calls.map((call) => call.instance));
  return [...open.filter((call) => call.instance === null || !repeated.has(call.instance)), ...calls];
}

function isFailed({ state }: Call): boolean {
  return state.kind === "failed";
}

/** Answers are not believed, looks are: creating has failed until one shows what was made. */
export function creatingAfter({ creating }: Memory, { failure, made }: Settled, now: number): Backoff | null {
  if (failure === undefined) return made ? null : creating;
  // What fails during a wait is of the wave that the wait is for.
  const waiting = creating !== null && now < creating.until;
  return waiting ? creating : worse(creating, { reason: failure, at: now, slot: "" });
}

/** What a look is compared with to tell whether somebody turned up late. */
type Lateness = Pick<Scene, "declared" | "traits" | "now"> & { readonly look: GoodLook };

/**
 * A remote list that shows more than could have been made, and too many, had left some out before: each time it does,
 * whoever is missing is made anew more slowly.
 */
export function lateAfter({ late, lastCount, calls, creates }: Memory, lateness: Lateness): Backoff | null {
  const { declared, traits, look, now } = lateness;
  const size = slotCount(declared.slots);
  const count = look.members.length;
  const still = late !== null && isOutlived(late, size, now) ? null : late;
  if (traits.local || count <= size || creates.length === 0) return still;
  const coming = calls.filter(({ kind }) => kind === "create").length;
  const turnedUp = count - Math.max(lastCount + coming, size);
  if (turnedUp > 0) {
    return worse(still, {
      reason: `${turnedUp} turned up when others had been made in their stead`,
      at: now,
      slot: "",
    });
  }
  return still;
}

/** Whoever is made meanwhile is made one at a time, a wait apart. */
function pacedBy(late: Backoff | null, actions: readonly Action[], now: number): Backoff | null {
  const first = late === null ? undefined : actions.find(({ kind }) => kind === "create");
  return late === null || first === undefined ? late : waitAgain(late, { at: now, slot: first.slot });
}

/** One step for a whole wave, as with creates. */
function repairingAfter({ memory, declared, now }: Scene, actions: readonly Action[]): Backoff | null {
  const { repairing } = memory;
  const first = actions.find((action) => action.kind === "destroy" && action.why === "unhealthy");
  if (first === undefined) return repairing;
  const before = repairing === null || isOutlived(repairing, slotCount(declared.slots), now) ? null : repairing;
  return worse(before, { reason: "a member was unhealthy", at: now, slot: first.slot });
}

function stillThere(named: readonly string[], look: GoodLook): readonly string[] {
  if (named.length === 0) return named;
  const seen = new Set(look.members.map((member) => member.id));
  const rest = named.filter((id) => seen.has(id));
  return rest.length === named.length ? named : rest;
}

/**
 * Who fails, and has not been healthy since. Of one that is being taken away nobody knows better; of one that is gone
 * nothing is to be said any more.
 */
export function failingOf({ living, leaving }: Census, before: readonly string[]): readonly string[] {
  const was = before.length === 0 ? NOBODY : new Set(before);
  const failing: string[] = [];
  for (const { health, seen } of living) {
    if (health === "failing" || (health === "waiting" && was.has(seen.id))) failing.push(seen.id);
  }
  for (const { instance } of leaving) if (instance !== null && was.has(instance)) failing.push(instance);
  // Lists come in any order: that is no news.
  const same = failing.length === was.size && failing.every((id) => was.has(id));
  return same ? before : failing;
}

const NOBODY: ReadonlySet<string> = new Set();
