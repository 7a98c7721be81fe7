/** How many members may be made now: after failures one, and never more in an hour than the declaration allows. */
import { slotCount } from "@muster/model";
import type { Census } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { Backoff, Memory } from "./memory.ts";
import { quarantined } from "./quarantine.ts";
import type { Action, Held, Scene } from "./step.ts";

/** So many may be made; and why no more, for whoever wants more. */
export interface Allowance {
  readonly count: number;
  readonly held: Held;
  readonly wakeAt: number | undefined;
}

type Part = "declared" | "census" | "memory" | "createsLeft" | "quarantine" | "now";

/** Of a version that is trusted. */
export function allowance({ declared, census, memory, createsLeft, now }: Pick<Scene, Part>): Allowance {
  const creating = laterOf(memory.creating, memory.late);
  const hour = { count: createsLeft, held: hourSpent(declared), wakeAt: hourEnds(memory, now) };
  return creating === null ? hour : oneAtATime(hour, creating.until, createFailed(creating), census, now);
}

/** The one that lets nobody be made for longer. */
function laterOf(one: Backoff | null, other: Backoff | null): Backoff | null {
  if (one === null || other === null) return one ?? other;
  return other.until > one.until ? other : one;
}

/** Of the version that is aimed at: it may be quarantined. */
export function allowanceOfWanted(scene: Pick<Scene, Part>): Allowance {
  const general = allowance(scene);
  const { quarantine, census, now } = scene;
  const held = quarantined(scene);
  if (quarantine === null || held === undefined || general.count === 0) return general;
  return oneAtATime(general, quarantine.againAt, held, census, now);
}

/** One attempt tells whether the cause is gone; a thousand would be a storm. */
function oneAtATime(most: Allowance, until: number, held: Held, { pending }: Census, now: number): Allowance {
  if (now < until) return { count: 0, held, wakeAt: until };
  return most.count === 0 ? most : { count: pending.length === 0 ? 1 : 0, held, wakeAt: undefined };
}

/** Places that nobody fills and nobody is about to fill: each takes one of those that may be made. */
export function missingCount({ declared, census }: Pick<Scene, "declared" | "census">): number {
  return Math.max(0, slotCount(declared.slots) - census.living.length - census.pending.length);
}

export function createFailed({ attempts, reason }: Backoff): Held {
  const often = attempts === 1 ? "once" : `${attempts} times`;
  return { reason: "CreateFailed", message: `creating failed ${often}: ${reason}` };
}

function hourSpent({ repair }: DeclaredGroup): Held {
  const message = `${repair.createsPerHour} were made within the hour, and no more may be (repair.createsPerHour)`;
  return { reason: "CreateBudget", message };
}

const HOUR_MS = 3_600_000;
/** Creates are counted together by so many minutes: a few numbers stand for any number of them. */
const COUNTED_MS = 300_000;

/** Those that are not an hour ago. Any hour counts: a clock's would let twice as many through around its end. */
function ofLastHour({ creates }: Pick<Memory, "creates">, now: number): Memory["creates"] {
  // They are in order: where the oldest is of this hour, all are.
  const [oldest] = creates;
  if (oldest === undefined || now < oldest.last + HOUR_MS) return creates;
  return creates.filter(({ last }) => now < last + HOUR_MS);
}

/** When one more may be made, where no more may. */
function hourEnds(memory: Pick<Memory, "creates">, now: number): number {
  const [oldest] = ofLastHour(memory, now);
  return (oldest?.last ?? now) + HOUR_MS;
}

/** How many creates the hour still allows. */
export function createsLeftOf({ repair }: DeclaredGroup, memory: Memory, now: number): number {
  let made = 0;
  for (const { count } of ofLastHour(memory, now)) made += count;
  return Math.max(0, repair.createsPerHour - made);
}

export function countCreates(memory: Memory, actions: readonly Action[], now: number): Memory["creates"] {
  let made = 0;
  for (const { kind } of actions) if (kind === "create") made++;
  if (made === 0) return memory.creates;
  const before = ofLastHour(memory, now);
  const last = before.at(-1);
  if (last === undefined || now >= last.since + COUNTED_MS) return [...before, { since: now, last: now, count: made }];
  return [...before.slice(0, -1), { ...last, last: now, count: last.count + made }];
}
