import { slotCount } from "@muster/model";
import { availableCount, type Census, headCount, isStale, type Living } from "./census.ts";
import { goingIn, isHeld } from "./course.ts";
import { allowance, missingCount } from "./making.ts";
import { changedFirst } from "./order.ts";
import { quarantined } from "./quarantine.ts";
import { freeNumbers, takenSlots } from "./refill.ts";
import { type Held, NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/** So many together are never one member's own trouble. */
const BREAKER_LEAST = 2;

/**
 * Takes away members that fail, so that they are refilled; no more at once than `maxInFlight`, whatever else is under
 * way. Where many fail together, destroying helps nobody: the breaker holds everything until the cause has changed.
 * Those that have ended are no members any more: all of them are taken away together, and the breaker does not count them.
 */
export function repair(scene: Scene): Step {
  const { declared, census, course, quarantine } = scene;
  if (course.kind === "turning") return { wishes: [], waits: "it goes back to the version before" };
  const failing = census.living.filter((member) => member.health === "failing");
  const kept = quarantined(scene);
  if (failing.length === 0) return kept === undefined ? NOTHING : { wishes: [], held: kept };
  const isGoing = goingIn(course, declared, census);
  const ill = failing.filter(({ seen }) => seen.id !== quarantine?.kept);
  const staying = new Set(ill.filter((member) => !member.ended && !isGoing(member)));
  const isBroken = failTogether(scene, staying.size);
  const held = isBroken ? breaker(scene, failing.filter((member) => !member.ended && !isGoing(member)).length) : kept;
  const says = held === undefined ? NOTHING : { wishes: [], held };
  // A quarantined revision is tried seldom; whoever is of another one is repaired as ever.
  const due = ill.filter((member) => member.call === undefined && !isSpared(scene, member) && isDue(scene, member));
  const over = due.filter(({ ended }) => ended);
  if (over.length > 0) return bury(scene, over, says);
  return isBroken ? says : treat(scene, { failing, ill, staying, due }, says);
}

function isDue({ quarantine, now }: Scene, member: Living): boolean {
  return isStale(member) || quarantine === null || now >= quarantine.againAt;
}

/** All of them in one step of the backoff; of a quarantined revision one. */
function bury(scene: Scene, over: readonly Living[], says: Step): Step {
  const { quarantine, memory, now } = scene;
  const until = memory.repairing?.until ?? now;
  if (now < until) return { ...says, wakeAt: until };
  const stale = over.filter(isStale);
  if (quarantine === null || stale.length > 0) {
    const all = quarantine === null ? over : stale;
    return replace(scene, all, all.length, says);
  }
  return replace(scene, over, 1, says);
}

interface Patients {
  readonly failing: readonly Living[];
  /** Without the one that is kept to be looked into. */
  readonly ill: readonly Living[];
  /** Those that no rollout takes away. */
  readonly staying: ReadonlySet<Living>;
  /** Those that may be taken away now. */
  readonly due: readonly Living[];
}

function treat(scene: Scene, { failing, ill, staying, due }: Patients, says: Step): Step {
  const { declared, census, memory, quarantine, now } = scene;
  const free = declared.repair.maxInFlight - census.pending.length - census.leaving.length;
  if (free <= 0) return says;
  const until = memory.repairing?.until ?? now;
  if (now < until) return { ...says, wakeAt: until };
  // Where many fail, those that the rollout takes away anyway are left to it, unless it may be waiting for another one. It
  // takes nobody away that it can change in place.
  const isCrowd = failTogether(scene, ill.length);
  const mayGo = (member: Living) => staying.size > 0 && !staying.has(member) && !member.current;
  const treatable = isCrowd ? due.filter(mayGo) : due;
  if (treatable.length > 0) return replace(scene, treatable, quarantine === null ? free : 1, says);
  if (quarantine === null) return says;
  if (now < quarantine.againAt) return { ...says, wakeAt: quarantine.againAt };
  const kept = failing.find(({ seen, call }) => seen.id === quarantine.kept && call === undefined);
  return kept === undefined || staying.size > 0 ? says : { ...says, wishes: tryAgain(scene, kept) };
}

/** Those that cannot be made anew are not taken away. */
function replace(scene: Scene, due: readonly Living[], most: number, says: Step): Step {
  const { count, held, wakeAt } = allowance(scene);
  const makeable = count - missingCount(scene);
  if (makeable <= 0) return { held, ...says, ...(wakeAt === undefined ? {} : { wakeAt }) };
  const first = due.toSorted(changedFirst).slice(0, Math.min(most, makeable));
  return { ...says, wishes: first.map(toDestroy) };
}

function failTogether({ census, declared }: Scene, count: number): boolean {
  return count >= BREAKER_LEAST && count >= declared.repair.breakerShare * aliveCount(census);
}

function aliveCount({ living }: Census): number {
  let count = 0;
  for (const { ended } of living) if (!ended) count++;
  return count;
}

/** @param failing how many, with the one that is kept. Also says what else it hides. */
function breaker({ census, quarantine }: Scene, failing: number): Held {
  const together = `${failing} of ${aliveCount(census)} members fail together: none of them is destroyed until the cause they share is mended`;
  if (quarantine === null) return { reason: "Breaker", message: together };
  const { revision, kept } = quarantine;
  const message = `${together}; revision ${revision} is quarantined, and ${kept} is kept to be looked into`;
  return { reason: "Breaker", message };
}

/** A new member that failed a rollout that is held stays to be looked into, as long as enough others count. */
function isSpared({ course, census, declared }: Scene, member: Living): boolean {
  if (course.kind !== "failed" || isStale(member)) return false;
  return availableCount(census) >= slotCount(declared.slots) - declared.rollout.maxUnavailable;
}

/**
 * A quarantined revision is tried beside the one that is kept, or in its place where there is no room beside it. Where
 * nobody may be changed for now, nobody tries it either.
 */
function tryAgain(scene: Scene, kept: Living): readonly Wish[] {
  const { declared, census, course } = scene;
  const { slots, rollout } = declared;
  const size = slotCount(slots);
  if (allowance(scene).count <= 0 || (isHeld(course) && course.limit < size)) return [];
  const most = size + rollout.maxSurge;
  const isBeside = slots.kind === "numbered" && course.kind !== "canary";
  if (!isBeside || census.living.length >= most) return [toDestroy(kept)];
  const stuck = census.leaving.filter(({ state }) => state.kind === "failed").length;
  // Whoever is on the way out makes room, and what is being made may be it; but who cannot be destroyed never goes.
  if (headCount(census) - stuck >= most) return [];
  if (headCount(census) >= most) return [toDestroy(kept)];
  return freeNumbers(takenSlots(census), 1).map((slot) => ({ kind: "create", slot, why: "tried again", as: declared }));
}

function toDestroy({ seen }: Living): Wish {
  return { kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: "unhealthy" };
}
