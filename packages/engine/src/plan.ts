/**
 * What would happen to a group, told before it does: the production decision is let loose on an imagined world in which
 * everything goes well, and what it does there is written down. Pure, like the decision itself.
 */
import {
  conditionOf,
  type GroupPlan,
  isConverged,
  momentText,
  type PlanGate,
  type PlanTrouble,
  slotCount,
} from "@muster/model";
import { aimOf } from "./aim.ts";
import { restarts } from "./amend.ts";
import { type DeclaredGroup, type Traits, versionWord } from "./declared.ts";
import type { GoodLook } from "./look.ts";
import { createFailed } from "./making.ts";
import { type Memory, record } from "./memory.ts";
import { bakedAt, gatewayAt } from "./plan-gates.ts";
import { tellTheRest } from "./plan-rest.ts";
import { type StepsToCome, stepsToCome } from "./plan-steps.ts";
import { type ImaginedWorld, imagineWorld } from "./plan-world.ts";
import { type Decided, reconcile } from "./reconcile.ts";

/** What is planned for: a group as it is to be, and as it was seen. */
export interface Prospect {
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  readonly look: GoodLook;
  /** Of a Muster that keeps the group now: its calls are under way, and are taken to end well. Else as `recall` gives it. */
  readonly memory: Memory;
  /** Members declared before; undefined for a group that was not declared. */
  readonly sizeBefore: number | undefined;
  readonly now: number;
}

export interface Planned extends Pick<GroupPlan, "steps" | "notes" | "held"> {
  readonly away: NonNullable<GroupPlan["away"]>;
}

export function planOf(prospect: Prospect): Planned {
  const { declared, look, memory, now, sizeBefore } = prospect;
  const size = declared.goal === "destroy" ? 0 : slotCount(declared.slots);
  const expected = Math.min(sizeBefore ?? 0, size);
  const begun = look.members.filter(({ id }) => isCounted(id, look, memory)).length;
  const world = imagineWorld(declared, look, memory);
  const underWay = memory.calls.filter(({ state }) => state.kind === "called");
  const journey: Journey = {
    declared: patient(declared),
    traits: prospect.traits,
    world,
    coming: stepsToCome(),
    memory: record(memory, world.finish(underWay, now)),
    now,
    size,
    due: expected,
    most: Math.max(0, expected - begun),
    changed: new Set(),
    passes: 0,
    isHourSpent: false,
    hoursEnded: [],
  };
  const last = travel(journey);
  const held = last === undefined ? undefined : heldBy(last);
  return {
    steps: journey.coming.steps(),
    away: { now: Math.max(0, expected - begun), most: journey.most },
    notes: [...notesOf(prospect, underWay.length), ...hourNote(journey, last === undefined)],
    ...(held === undefined ? {} : { held }),
  };
}

/** Where the imagining has come to. */
interface Journey {
  declared: DeclaredGroup;
  readonly traits: Traits;
  readonly world: ImaginedWorld;
  readonly coming: StepsToCome;
  memory: Memory;
  now: number;
  /** Members that are declared. */
  readonly size: number;
  /** Of these, so many are due by now: they were declared before, or have been there since. */
  due: number;
  /** The most that were away at any time. */
  most: number;
  /** Members that were changed in place: on trial, and not away. */
  readonly changed: Set<string>;
  passes: number;
  /** Something is to be made, and the hour does not allow it. */
  isHourSpent: boolean;
  /** When it was made after all, each time; milliseconds since 1970. */
  readonly hoursEnded: number[];
}

/** In a world where everything goes well no deadline passes. */
function patient(declared: DeclaredGroup): DeclaredGroup {
  const never = Number.MAX_SAFE_INTEGER / 2;
  return { ...declared, rollout: { ...declared.rollout, progressDeadlineMs: never, healthyDeadlineMs: never } };
}

/** Goes on until nothing is left to do, through every gate. Undefined where it was cut short and the rest reckoned. */
function travel(journey: Journey): Decided | undefined {
  const passed = new Set<PlanGate["kind"]>();
  for (;;) {
    const last = untilQuiet(journey);
    if (last === undefined) {
      journey.most = Math.max(journey.most, tellTheRest(journey));
      return undefined;
    }
    const next = gatewayAt(journey.declared, journey.memory);
    if (next === undefined || passed.has(next.gate.kind)) return last;
    passed.add(next.gate.kind);
    journey.coming.gate(next.gate);
    // Nobody opens a gate at once: who is on trial has passed it by then.
    journey.now = Math.max(journey.now, bakedAt(journey.declared, journey.memory) ?? 0, provenAt(journey));
    journey.declared = next.beyond;
  }
}

/** When the last of those that are healthy has been so for long enough. */
function provenAt({ declared, memory }: Journey): number {
  const ready = Object.values(memory.young).map(({ readyAt }) => readyAt ?? 0);
  return ready.reduce((last, at) => Math.max(last, at), 0) + declared.rollout.minReadyMs;
}

/** Members times passes: what may be imagined singly, so that a plan for 100,000 is told as soon as one for ten. */
const VISITS = 60_000;
const LEAST_PASSES = 8;
const MOST_PASSES = 300;

/** Undefined when there was more than may be imagined singly. */
function untilQuiet(journey: Journey): Decided | undefined {
  let last: Decided | undefined;
  let most = MOST_PASSES;
  for (let pass = 0; pass < most; pass++) {
    const look = journey.world.look(journey.now);
    most = Math.min(MOST_PASSES, Math.max(LEAST_PASSES, Math.floor(VISITS / (look.members.length + 1))));
    const { declared, traits, memory, now } = journey;
    last = reconcile({ declared, traits, look, memory, now, nonce: `plan ${journey.passes++}` });
    journey.memory = last.memory;
    noteAway(journey, last);
    if (last.actions.length > 0) carryOut(journey, last);
    else if (isOver(journey, last)) return last;
    else {
      journey.isHourSpent ||= conditionOf(last.status, "Stalled")?.reason === "CreateBudget";
      journey.now = Math.max(now, last.wakeAt ?? now);
    }
  }
  return undefined;
}

function isOver({ now, memory, declared }: Journey, { status, gone, wakeAt }: Decided): boolean {
  if (gone || isConverged(status) || declared.goal === "observe") return true;
  if (wakeAt === undefined || wakeAt <= now || wakeAt >= NEVER) return true;
  // Time would promote them: that is a gate, and a person wants to know of it.
  return wakeAt >= (bakedAt(declared, memory) ?? NEVER);
}

/** A deadline that nothing ever reaches. */
const NEVER = Number.MAX_SAFE_INTEGER / 4;

function carryOut(journey: Journey, { actions }: Decided): void {
  const { coming, declared, world, memory, now } = journey;
  for (const action of actions) {
    if (action.kind === "update" && !restarts(declared, action.changes)) journey.changed.add(action.instance);
  }
  if (journey.isHourSpent && actions.some(({ kind }) => kind === "create")) {
    journey.hoursEnded.push(now);
    journey.isHourSpent = false;
  }
  coming.wave(actions, (changes) => restarts(declared, changes), world.isReal);
  journey.memory = record(memory, world.carryOut(actions, now));
}

function noteAway(journey: Journey, { actions, memory }: Decided): void {
  const counting = new Set(
    journey.world.healthy().filter((id) => !Object.hasOwn(memory.young, id) || journey.changed.has(id)),
  );
  journey.due = Math.min(journey.size, Math.max(journey.due, counting.size));
  for (const action of actions) {
    if (action.kind === "create") continue;
    if (action.kind === "destroy" || restarts(journey.declared, action.changes)) counting.delete(action.instance);
  }
  journey.most = Math.max(journey.most, journey.due - counting.size);
}

function isCounted(id: string, { verdicts }: GoodLook, { young }: Memory): boolean {
  return verdicts.get(id)?.kind === "pass" && !Object.hasOwn(young, id);
}

function heldBy({ status, gone }: Decided): PlanTrouble | undefined {
  if (gone || isConverged(status)) return undefined;
  const stalled = conditionOf(status, "Stalled");
  const lacking = stalled?.holds === true ? stalled : conditionOf(status, "Converged");
  return lacking && { reason: lacking.reason, message: lacking.message };
}

/** How long the hour's limit holds it up, with the moments as they would be if it began now. */
function hourNote({ declared, hoursEnded }: Journey, isCutShort: boolean): readonly string[] {
  const [first] = hoursEnded;
  const last = hoursEnded.at(-1);
  if (first === undefined || last === undefined) return [];
  const limit = `${declared.repair.createsPerHour} may be made in an hour, and no more (repair.createsPerHour)`;
  if (isCutShort)
    return [`${limit}: it goes on at ${momentText(first)}, and so on for more than ${hoursEnded.length} hours`];
  const end = hoursEnded.length === 1 ? "" : `, and for the last time at ${momentText(last)}`;
  return [`${limit}: it goes on at ${momentText(first)}${end}`];
}

/** What becomes of a revert when something else is declared. */
export const TAKEN_UP = "it had been put back to its former version; what is declared now is carried through instead";

function notesOf({ declared, memory, look, sizeBefore }: Prospect, underWay: number): readonly string[] {
  const notes: string[] = [];
  const there = look.members.length;
  if (sizeBefore === undefined && there > 0) {
    notes.push(`${there === 1 ? "1 member is" : `${there} members are`} there already, known by the marks`);
  }
  const { rollout } = memory;
  if (declared.goal === "destroy") notes.push("somebody asked for it to be destroyed");
  else if (rollout?.changing === true && rollout.to !== versionWord(aimOf(declared, memory).group)) {
    notes.push(`the rollout that is under way is redirected: ${rollout.arrived} had arrived`);
  }
  if (memory.creating !== null) notes.push(createFailed(memory.creating).message);
  if (underWay > 0) notes.push(`${underWay === 1 ? "1 call is" : `${underWay} calls are`} under way already`);
  if (memory.reverted !== null && aimOf(declared, memory).reverted === null) notes.push(TAKEN_UP);
  const untold = look.members.filter(({ id }) => (look.verdicts.get(id)?.kind ?? "unknown") === "unknown").length;
  if (untold > 0)
    notes.push(`whether ${untold} of ${look.members.length} are healthy is not known yet; taken as if they were`);
  return notes;
}
