/**
 * The one decision: what is declared, what was seen and what is remembered go in; what to do, what to remember and what
 * to say come out. Level-triggered: it looks at all of it every time, and nothing it decides depends on what woke it.
 * Pure: time and the nonce for new intents are arguments.
 */
import { type Cause, hashJson, type Status } from "@muster/model";
import { amend } from "./amend.ts";
import { takeCensus } from "./census.ts";
import { cull, doomedOf } from "./cull.ts";
import { type Decision, decisionsOf } from "./decisions.ts";
import { type DeclaredGroup, type Traits, wasConverged, wordFor } from "./declared.ts";
import { dissolve } from "./dissolve.ts";
import type { FailedLook, GoodLook, Look } from "./look.ts";
import { type Backoff, type Call, type Memory, worse } from "./memory.ts";
import { refill } from "./refill.ts";
import { repair } from "./repair.ts";
import { roll } from "./roll.ts";
import { type Settled, settle } from "./settle.ts";
import { conditionsOf, graceEnds, isUp, isWhole, lacking, refusals, statusOf } from "./status.ts";
import type { Action, Scene, Step, Wish } from "./step.ts";
import { thin } from "./thin.ts";

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

export function reconcile(situation: Situation): Decided {
  const { look } = situation;
  return look.kind === "failed" ? waitForLook(situation, look) : decide(situation, look);
}

function waitForLook(situation: Situation, failed: FailedLook): Decided {
  const { declared, memory } = situation;
  const held = [{ reason: failed.reason, message: failed.message }];
  const status = statusOf(declared, failed.startedAt, 0, conditionsOf({ held, busy: false, converged: false }));
  return { ...heldUp(memory, status), cause: causeOf(situation) };
}

/** The decision of whoever could not look: to do nothing, and to say why. */
export function heldUp(memory: Memory, status: Status): Decided {
  const cause = memory.convergedAs === null ? "intentional" : "corrective";
  return { memory, cause, actions: [], status, decisions: [], wakeAt: undefined, gone: false };
}

function causeOf({ declared, memory }: Situation): Cause {
  return wasConverged(declared, memory) ? "corrective" : "intentional";
}

function decide(situation: Situation, look: GoodLook): Decided {
  const { declared, traits, now } = situation;
  if (mustConfirm(situation, look)) return confirmFirst(situation, look);
  const settled = settle(situation.memory.calls, look, traits.settleMs);
  const census = takeCensus(declared, traits, look, settled.open, now);
  const cause = causeOf(situation);
  const memory = { ...situation.memory, creating: creatingAfter(situation, settled) };
  const scene: Scene = { declared, traits, census, memory, cause, now };
  const steps = stepsOf(scene);
  const wishes = steps.flatMap((step) => step.wishes);
  const actions = wishes.map((wish, index) => toAction(wish, situation, cause, index));
  const busy = wishes.length > 0 || settled.open.some((call) => call.state.kind !== "failed");
  const converged = !busy && isWhole(scene);
  const held = [...steps.flatMap((step) => step.held ?? []), ...refusals(settled.open)];
  const conditions = conditionsOf({ held, busy, converged, lacking: lacking(scene) });
  return {
    memory: remember(situation, look, settled.open, actions, converged ? null : memory.creating, converged),
    cause,
    actions,
    status: statusOf(declared, look.startedAt, census.living.filter(isUp).length, conditions),
    decisions: decisionsOf(scene, settled, wishes, converged),
    wakeAt: earliest([settled.wakeAt, ...steps.map((step) => step.wakeAt), graceEnds(scene)]),
    gone: declared.goal === "destroy" && look.members.length === 0 && settled.open.length === 0,
  };
}

/**
 * A remote list that shows nobody where there were some, and not all of them were destroyed here, may be a hiccup of the
 * list: a second look, begun later, must say the same before everything is made anew.
 */
function mustConfirm({ traits, memory }: Situation, look: GoodLook): boolean {
  const leaving = memory.calls.filter(({ kind }) => kind === "destroy").length;
  if (traits.local || look.members.length > 0 || memory.lastCount <= leaving) return false;
  return memory.vanishedAt === null || look.startedAt < memory.vanishedAt + CONFIRM_MS;
}

function confirmFirst(situation: Situation, look: GoodLook): Decided {
  const { declared, memory } = situation;
  const vanishedAt = memory.vanishedAt ?? look.startedAt;
  const message = `the list shows none of ${memory.lastCount} members; a second look must confirm it`;
  const conditions = conditionsOf({ held: [{ reason: "Confirming", message }], busy: true, converged: false });
  return {
    memory: memory.vanishedAt === vanishedAt ? memory : { ...memory, vanishedAt },
    cause: causeOf(situation),
    actions: [],
    status: statusOf(declared, look.startedAt, 0, conditions),
    decisions: [],
    wakeAt: vanishedAt + CONFIRM_MS,
    gone: false,
  };
}

/** Refilling and thinning never wait for each other; the others touch what is there, and only one of them at a time. */
function stepsOf(scene: Scene): readonly Step[] {
  if (scene.declared.goal === "destroy") return [dissolve(scene)];
  if (doomedOf(scene.census, scene.memory.doomed).length > 0) return [cull(scene), refill(scene)];
  const steps = [refill(scene), thin(scene)];
  const disturbing = scene.declared.goal === "pause" ? [repair] : [repair, roll, amend];
  for (const disturb of disturbing) {
    if (steps.some((step) => step.wishes.length > 0)) break;
    steps.push(disturb(scene));
  }
  return steps;
}

function toAction(wish: Wish, { nonce, declared }: Situation, cause: Cause, index: number): Action {
  const intent = hashJson([nonce, declared.stack, declared.name, index]).slice(0, 24);
  const common = { intent, slot: wish.slot, cause, why: wish.why };
  switch (wish.kind) {
    case "create":
      return { ...common, kind: "create", revision: declared.revision };
    case "update":
      return { ...common, kind: "update", instance: wish.instance, changes: wish.changes };
    case "destroy":
      return { ...common, kind: "destroy", instance: wish.instance };
  }
}

function remember(
  { memory, declared, now }: Situation,
  look: GoodLook,
  open: readonly Call[],
  actions: readonly Action[],
  creating: Backoff | null,
  converged: boolean,
): Memory {
  const next: Memory = {
    version: 1,
    calls: rememberCalls(memory, open, actions, now),
    creating,
    repairing: converged ? null : repairingAfter(memory, actions, now),
    doomed: stillThere(memory.doomed, look),
    convergedAs: converged ? wordFor(declared) : wasConverged(declared, memory) ? memory.convergedAs : null,
    home: memory.home,
    lastCount: look.members.length,
    vanishedAt: null,
  };
  return isSameMemory(memory, next) ? memory : next;
}

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
function creatingAfter({ memory, now }: Situation, { failure, made }: Settled): Backoff | null {
  const { creating } = memory;
  if (failure === undefined) return made ? null : creating;
  // What fails during a wait is of the wave that the wait is for.
  const waiting = creating !== null && now < creating.until;
  return waiting ? creating : worse(creating, { reason: failure, at: now, slot: "" });
}

function repairingAfter(memory: Memory, actions: readonly Action[], now: number): Backoff | null {
  const repairs = actions.filter((action) => action.kind === "destroy" && action.why === "unhealthy");
  return repairs.reduce<Backoff | null>(
    (backoff, { slot }) => worse(backoff, { reason: "a member was unhealthy", at: now, slot }),
    memory.repairing,
  );
}

function stillThere(doomed: readonly string[], look: GoodLook): readonly string[] {
  if (doomed.length === 0) return doomed;
  const seen = new Set(look.members.map((member) => member.id));
  const rest = doomed.filter((id) => seen.has(id));
  return rest.length === doomed.length ? doomed : rest;
}

/** Unchanged memory keeps its identity, so that nothing is written when nothing happened. */
function isSameMemory(a: Memory, b: Memory): boolean {
  return (
    a.calls === b.calls &&
    a.creating === b.creating &&
    a.repairing === b.repairing &&
    a.doomed === b.doomed &&
    a.convergedAs === b.convergedAs &&
    a.home === b.home &&
    a.lastCount === b.lastCount &&
    a.vanishedAt === b.vanishedAt
  );
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
