import { slotCount } from "@muster/model";
import { arrivingCount, type Census, headCount } from "./census.ts";
import type { DeclaredGroup, Version } from "./declared.ts";
import type { Backoff } from "./memory.ts";
import { quarantined } from "./quarantine.ts";
import { type Held, NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/** Makes what is missing: never above size + maxSurge, and carefully after a failure. */
export function refill(scene: Scene): Step {
  const { declared, census, memory, now } = scene;
  const room = slotCount(declared.slots) + declared.rollout.maxSurge - headCount(census);
  const slots = emptySlots(declared, census).slice(0, Math.max(0, room));
  if (slots.length === 0) return NOTHING;
  const wishes = toCreates(slots, scene);
  const backoff = memory.creating;
  if (backoff !== null) return oneAtATime(wishes, census, backoff, now, createFailed(backoff));
  const trusted = wishes.filter(({ as }) => as.revision !== scene.quarantine?.revision);
  if (trusted.length < wishes.length && memory.repairing !== null) {
    if (trusted.length > 0) return withinHour(trusted, scene);
    return oneAtATime(wishes, census, memory.repairing, now, quarantined(scene));
  }
  return withinHour(wishes, scene);
}

/** One attempt tells whether the cause is gone; a thousand would be a storm. */
function oneAtATime(
  wishes: readonly Wish[],
  census: Census,
  { until }: Backoff,
  now: number,
  held: Held | undefined,
): Step {
  const says = held === undefined ? {} : { held };
  if (now < until) return { wishes: [], ...says, wakeAt: until };
  return { wishes: census.pending.length === 0 ? wishes.slice(0, 1) : [], ...says };
}

function withinHour(wishes: readonly Wish[], { createsLeft, memory, declared }: Scene): Step {
  if (wishes.length <= createsLeft) return { wishes };
  return { wishes: wishes.slice(0, createsLeft), held: hourSpent(declared), wakeAt: hourEnds(memory.creates) };
}

export function hourSpent({ repair }: DeclaredGroup): Held {
  const message = `${repair.createsPerHour} were made within the hour, and no more may be (repair.createsPerHour)`;
  return { reason: "CreateBudget", message };
}

const HOUR_MS = 3_600_000;

export function hourEnds({ since }: { readonly since: number }): number {
  return since + HOUR_MS;
}

export function createFailed({ attempts, reason }: Backoff): Held {
  return {
    reason: "CreateFailed",
    message: `creating failed ${attempts === 1 ? "once" : `${attempts} times`}: ${reason}`,
  };
}

/** As many as the course allows as they are wanted, the others as they were. */
function toCreates(
  slots: readonly string[],
  { declared, census, course }: Scene,
): readonly (Wish & { readonly as: Version })[] {
  const wanted = Math.max(0, course.limit - arrivingCount(census, declared.revision));
  return slots.map((slot, index) => {
    const as = index < wanted ? declared : (course.otherwise ?? declared);
    return { kind: "create", slot, why: "missing", as };
  });
}

/** The declared places that nobody fills or is about to fill. */
function emptySlots(declared: DeclaredGroup, census: Census): readonly string[] {
  const taken = takenSlots(census);
  if (declared.slots.kind === "named") return declared.slots.names.filter((name) => !taken.has(name));
  const wanted = declared.slots.size - census.living.length - census.pending.length;
  return freeNumbers(taken, wanted);
}

/** A place is given on only when its last bearer is gone: it may hold what only one can. */
export function takenSlots(census: Census): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const { seen } of census.living) if (seen.mark.slot !== undefined) taken.add(seen.mark.slot);
  for (const call of census.pending) taken.add(call.slot);
  for (const call of census.leaving) taken.add(call.slot);
  return taken;
}

/** The lowest numbers that are not taken. */
export function freeNumbers(taken: ReadonlySet<string>, count: number): readonly string[] {
  const free: string[] = [];
  for (let number = 0; free.length < count; number++) {
    if (!taken.has(String(number))) free.push(String(number));
  }
  return free;
}
