/**
 * The one decision: what is declared, what was seen and what is remembered go in; what to do, what to remember and what
 * to say come out. Level-triggered: it looks at all of it every time, and nothing it decides depends on what woke it.
 * Pure: time and the nonce for new intents are arguments.
 */
import { type Cause, hashJson, type Status } from "@muster/model";
import { type Aim, aimOf } from "./aim.ts";
import { takeCensus } from "./census.ts";
import { cull, doomedOf } from "./cull.ts";
import { type Decision, decisionsOf, healthTurns, released, turnsOf } from "./decisions.ts";
import { type DeclaredGroup, placeOf, type Traits, wasConverged } from "./declared.ts";
import { dissolve } from "./dissolve.ts";
import { drifted, shortfall } from "./drift.ts";
import { failedUnseen } from "./failure.ts";
import type { FailedLook, GoodLook, Look } from "./look.ts";
import { createsLeftOf } from "./making.ts";
import type { Memory } from "./memory.ts";
import { suspect } from "./quarantine.ts";
import { refill } from "./refill.ts";
import { creatingAfter, failingOf, lateAfter, remember } from "./remember.ts";
import { repair } from "./repair.ts";
import { retried } from "./retried.ts";
import { roll } from "./roll.ts";
import { type Followed, followRollout } from "./rollout.ts";
import { type Settled, settle } from "./settle.ts";
import { conditionsOf, isWhole, lacking, refusals, rolloutOf, statusOf, upCount } from "./status.ts";
import type { Action, Held, Scene, Step, Wish } from "./step.ts";
import { thin } from "./thin.ts";
import { timely } from "./timely.ts";
import { afterUnconfirmed } from "./unconfirmed.ts";

export interface Situation {
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  /** Began after every outcome in memory was recorded. */
  readonly look: Look;
  readonly memory: Memory;
  /** Milliseconds since 1970; never before `look.startedAt`. */
  readonly now: number;
  /** Different for every pass of every process: new intents are derived from it. */
  readonly nonce: string;
}

export interface Decided {
  readonly memory: Memory;
  /** Why anything is to be done at all. */
  readonly cause: Cause;
  readonly actions: readonly Action[];
  readonly status: Status;
  /** What was decided and why, for the history; empty when there was nothing to decide. */
  readonly decisions: readonly Decision[];
  /** Look again at this time though nothing woke you. Missing: nothing is awaited. */
  readonly wakeAt: number | undefined;
  /** The group was to be destroyed, and nothing of it is left. */
  readonly gone: boolean;
}

/** How much later the confirming look must have begun. */
const CONFIRM_MS = 1_000;

export function reconcile(given: Situation): Decided {
  const { declared, look, now } = given;
  const memory = retried(timely(given.memory, now), declared, look.startedAt);
  const situation = memory === given.memory ? given : { ...given, memory };
  if (look.kind === "failed") return waitForLook(situation, look);
  return mustConfirm(situation, look) ? confirmFirst(situation, look) : decide(situation, look);
}

function waitForLook({ declared, memory, now }: Situation, failed: FailedLook): Decided {
  const held = [{ reason: failed.reason, message: failed.message }];
  const status = statusOf(declared, failed.startedAt, 0, conditionsOf({ held, busy: false, converged: false }));
  const cause = causeOf(declared, memory);
  const rollout = failedUnseen(declared, memory, now);
  if (rollout === undefined) return { ...heldUp(memory, status), cause };
  const late: Decision = {
    type: "rollout.failed",
    cause,
    message: `the rollout failed: ${rollout.failure?.reason ?? ""}`,
  };
  return { ...heldUp({ ...memory, rollout }, status), cause, decisions: [late] };
}

/** The decision of whoever could not look: to do nothing, and to say why. */
export function heldUp(memory: Memory, status: Status): Decided {
  const cause = memory.convergedAs === null ? "intentional" : "corrective";
  return { memory, cause, actions: [], status, decisions: [], wakeAt: undefined, gone: false };
}

function causeOf(aimed: DeclaredGroup, memory: Memory): Cause {
  return wasConverged(aimed, memory) ? "corrective" : "intentional";
}

/**
 * A remote list that shows fewer than before, beyond those that were destroyed here, may be a hiccup of the list: a second
 * look, begun later, must show fewer too before anybody is made anew.
 */
function mustConfirm({ traits, memory }: Situation, look: GoodLook): boolean {
  if (traits.local || look.members.length >= memory.lastCount || !isLoss(memory, look)) return false;
  return memory.vanishedAt === null || look.startedAt < memory.vanishedAt + CONFIRM_MS;
}

function isLoss({ calls, lastCount }: Memory, { members }: GoodLook): boolean {
  const destroyed = new Set<string>();
  for (const { kind, instance } of calls) if (kind === "destroy" && instance !== null) destroyed.add(instance);
  if (destroyed.size > 0) for (const { id } of members) destroyed.delete(id);
  return members.length + destroyed.size < lastCount;
}

/** Decides nothing on it yet: whoever it does not show may be there. But whoever it shows is as it shows them. */
function confirmFirst(situation: Situation, look: GoodLook): Decided {
  const { declared, memory } = situation;
  const { scene, settled, followed, aim, whole } = survey(situation, look);
  const { census } = scene;
  const { canary } = aim.group.rollout;
  const vanishedAt = memory.vanishedAt ?? look.startedAt;
  const next = afterUnconfirmed(memory, { census, settled, canary, vanishedAt, now: situation.now });
  const count = look.members.length;
  const message = `the list shows ${count === 0 ? "none" : count} of ${memory.lastCount} members; a second look must confirm it`;
  // That some go is what happens in groups; that all do at once is not.
  const held = { reason: "Confirming", message, ...(count === 0 ? {} : { meant: true as const }) };
  const conditions = conditionsOf({ held: [held], busy: true, converged: false });
  return {
    memory: next,
    cause: causeOf(declared, memory),
    actions: [],
    status: statusOf(
      declared,
      look.startedAt,
      upCount(scene.census),
      conditions,
      rolloutOf(scene, followed.rollout, aim, whole),
    ),
    decisions: memory.quarantine !== null && next.quarantine === null ? [released(memory.quarantine)] : [],
    wakeAt: vanishedAt + CONFIRM_MS,
    gone: false,
  };
}

/** What is there and what is aimed at, put together before anything is wished for. */
interface Survey {
  readonly aim: Aim;
  readonly settled: Settled;
  readonly followed: Followed;
  readonly streak: Memory["streak"];
  readonly scene: Scene;
  /** Everybody is as aimed at, and nothing is under way. */
  readonly whole: boolean;
}

function survey({ declared, traits, memory: before, now }: Situation, look: GoodLook): Survey {
  const aim = aimOf(declared, before);
  const { group } = aim;
  const settled = settle(before.calls, look, traits.settleMs, group);
  const census = takeCensus({ declared: group, look, settled, memory: before, now });
  const whole = !isActing(settled) && isWhole({ declared: group, census });
  const { streak, quarantine: suspected } = suspect(group, census, before, whole, now);
  const late = lateAfter(before, { declared: group, traits, look, now });
  const memory = withWaits(before, creatingAfter(before, settled, now), late, streak);
  const whyFailing = (id: string) => saidAgainst(look, id);
  const followed = followRollout({ aim, declared, census, memory, whole, now, whyFailing });
  // What is given up is not tried again, and nobody of it is kept.
  const quarantine = followed.course.kind === "turning" ? null : suspected;
  const scene: Scene = {
    declared: group,
    traits,
    census,
    memory,
    course: followed.course,
    quarantine,
    createsLeft: createsLeftOf(group, before, now),
    cause: causeOf(group, before),
    now,
  };
  return { aim, settled, followed, streak, scene, whole };
}

function withWaits(
  before: Memory,
  creating: Memory["creating"],
  late: Memory["late"],
  streak: Memory["streak"],
): Memory {
  const isSame = creating === before.creating && late === before.late && streak === before.streak;
  return isSame ? before : { ...before, creating, late, streak };
}

function decide(situation: Situation, look: GoodLook): Decided {
  const surveyed = survey(situation, look);
  const { aim, settled, followed, scene, whole } = surveyed;
  const { declared, census, cause, memory } = scene;
  const steps = stepsOf(scene);
  const wanted = wishesOf(steps);
  const wishes = declared.goal === "observe" ? NO_WISHES : wanted;
  const actions = wishes.map((wish, index) => toAction(wish, situation, cause, index));
  const there = whole && wanted.length === 0;
  // The former version may be there to the last member: it is not what is declared.
  const converged = there && aim.instead === undefined;
  const busy = wishes.length > 0 || isActing(settled) || (declared.goal !== "observe" && isAwaiting(scene, steps));
  // Nobody is told what is lacking where nothing is.
  const lacks = converged && !busy ? undefined : lacksOf(scene, look, steps);
  const failing = failingOf(census, memory.failing);
  const drift = wanted.length > wishes.length ? hashJson(shortfall(scene)) : null;
  const next = remember(situation.memory, surveyed, { look, actions, failing, drift, there });
  const held = heldBy(surveyed, steps, wanted);
  for (const refusal of refusals(next.calls)) held.push(refusal);
  const conditions = conditionsOf({ held, busy, converged, lacking: lacks });
  return {
    memory: next,
    cause,
    actions,
    status: statusOf(
      declared,
      look.startedAt,
      upCount(census),
      conditions,
      rolloutOf(scene, followed.rollout, aim, whole),
    ),
    decisions: together([
      healthTurns(census.living, memory.failing, failing, (id) => whyFailing(look, id)),
      turnsOf(scene, aim, followed.turns),
      decisionsOf(scene, settled, wishes, converged),
      drift === null || drift === memory.drift ? [] : [drifted(scene, look)],
    ]),
    wakeAt: wakeOf(surveyed, steps),
    gone: declared.goal === "destroy" && look.members.length === 0 && settled.open.length === 0,
  };
}

/** Nearly always there is nothing to be told. */
function together(parts: readonly (readonly Decision[])[]): readonly Decision[] {
  return parts.some((part) => part.length > 0) ? parts.flat() : [];
}

function isActing({ open }: Settled): boolean {
  return open.some((call) => call.state.kind !== "failed");
}

/** Something is awaited that comes by itself: members on trial, or a batch that is not done. */
function isAwaiting({ census }: Scene, steps: readonly Step[]): boolean {
  return census.trials.wakeAt !== undefined || steps.some((step) => step.waits !== undefined);
}

/** Refilling and thinning never wait for each other; the others touch what is there, and only one of them at a time. */
function stepsOf(scene: Scene): readonly Step[] {
  if (scene.declared.goal === "destroy") return [dissolve(scene)];
  if (doomedOf(scene.census, scene.memory.doomed).length > 0) return [cull(scene), refill(scene)];
  const steps = [refill(scene), thin(scene)];
  if (isAnythingWanted(steps)) return steps;
  steps.push(repair(scene));
  if (isAnythingWanted(steps)) return steps;
  steps.push(roll(scene));
  return steps;
}

function isAnythingWanted(steps: readonly Step[]): boolean {
  for (const { wishes } of steps) if (wishes.length > 0) return true;
  return false;
}

const NO_WISHES: readonly Wish[] = [];

/** Most often no step wants anything: then nothing is put together. */
function wishesOf(steps: readonly Step[]): readonly Wish[] {
  return isAnythingWanted(steps) ? steps.flatMap((step) => step.wishes) : NO_WISHES;
}

/** What is lacking and what is waited for, in one sentence. */
function lacksOf(scene: Scene, look: GoodLook, steps: readonly Step[]): string {
  let lacks = lacking(scene);
  const unknown = untold(look);
  if (unknown !== undefined) lacks += `; ${unknown}`;
  for (const { waits } of steps) if (waits !== undefined) lacks += `; ${waits}`;
  return lacks;
}

/** Everything that stands in the way, the gravest first. */
function heldBy({ aim, scene }: Survey, steps: readonly Step[], wanted: readonly Wish[]): Held[] {
  const { declared, course } = scene;
  const held: Held[] = [];
  if (declared.goal === "observe" && wanted.length > 0) {
    held.push({ reason: "Observed", message: `only observed: ${shortfall(scene)}`, meant: true });
  }
  for (const step of steps) if (step.held !== undefined) held.push(step.held);
  if (course.says !== undefined) held.push(course.says);
  if (aim.instead !== undefined) {
    const again = `\`muster group resume ${placeOf(declared)}\` tries the declared one again`;
    held.push({ reason: "Reverted", message: `kept at its former version: ${aim.instead}; ${again}` });
  }
  return held;
}

function toAction(wish: Wish, { nonce, declared }: Situation, cause: Cause, index: number): Action {
  const intent = hashJson([nonce, declared.stack, declared.name, index]).slice(0, 24);
  const common = { intent, slot: wish.slot, cause, why: wish.why };
  switch (wish.kind) {
    case "create":
      return { ...common, kind: "create", version: wish.as.version, revision: wish.as.revision };
    case "update":
      return { ...common, kind: "update", instance: wish.instance, changes: wish.changes };
    case "destroy":
      return { ...common, kind: "destroy", instance: wish.instance };
  }
}

function whyFailing(look: GoodLook, id: string): string {
  return saidAgainst(look, id) ?? "it did not come up in time";
}

/** Whose health nobody can tell, though they run: nothing goes on before somebody can. */
function untold({ members, verdicts }: GoodLook): string | undefined {
  let count = 0;
  let why = "";
  for (const { id, phase } of members) {
    const verdict = phase === "running" ? verdicts.get(id) : undefined;
    if (verdict?.kind !== "unknown") continue;
    count++;
    why ||= verdict.reason;
  }
  return count === 0 ? undefined : `nobody can tell how ${count} ${count === 1 ? "is" : "are"}: ${why}`;
}

function saidAgainst({ verdicts }: GoodLook, id: string): string | undefined {
  const verdict = verdicts.get(id);
  return verdict === undefined || verdict.kind === "pass" ? undefined : verdict.reason;
}

/** When the first of all that is awaited comes. */
function wakeOf({ settled, followed, scene: { census } }: Survey, steps: readonly Step[]): number | undefined {
  let first = earlier(earlier(settled.wakeAt, census.trials.wakeAt), earlier(followed.wakeAt, census.graceEnds));
  for (const { wakeAt } of steps) first = earlier(first, wakeAt);
  return first;
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
