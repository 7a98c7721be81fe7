import { slotCount } from "@muster/model";
import { availableCount, headCount, isStale, type Living } from "./census.ts";
import { replacedFirst } from "./order.ts";
import { quarantined } from "./quarantine.ts";
import { freeNumbers, takenSlots } from "./refill.ts";
import { type Held, NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/** So many together are never one member's own trouble. */
const BREAKER_LEAST = 2;

/**
 * Takes away a member that fails, so that it is refilled; no more at once than `maxInFlight`, whatever else is under
 * way. Where many fail together, destroying helps nobody: the breaker holds everything until the cause has changed.
 */
export function repair(scene: Scene): Step {
  const { declared, census, memory, quarantine, now } = scene;
  const failing = census.living.filter((member) => member.health === "failing");
  const held = quarantined(scene);
  if (failing.length === 0) return held === undefined ? NOTHING : { wishes: [], held };
  const ill = failing.filter(({ seen }) => seen.id !== quarantine?.kept);
  const tripped = breaker(scene, ill);
  if (tripped !== undefined) return { wishes: [], held: tripped };
  const says = held === undefined ? {} : { held };
  if (census.pending.length + census.leaving.length >= declared.repair.maxInFlight) return { wishes: [], ...says };
  const backoff = memory.repairing;
  if (backoff !== null && now < backoff.until) return { wishes: [], ...says, wakeAt: backoff.until };
  const first = ill
    .filter((member) => !isSpared(scene, member))
    .toSorted(replacedFirst)
    .find((member) => member.call === undefined);
  if (first !== undefined) return { wishes: [toDestroy(first)], ...says };
  const kept = failing.find(({ seen, call }) => seen.id === quarantine?.kept && call === undefined);
  return { wishes: kept === undefined || ill.length > 0 ? [] : tryAgain(scene, kept), ...says };
}

function breaker({ census, declared }: Scene, ill: readonly Living[]): Held | undefined {
  const { breakerShare } = declared.repair;
  if (ill.length < BREAKER_LEAST || ill.length < breakerShare * census.living.length) return undefined;
  const message = `${ill.length} of ${census.living.length} members fail together: nothing is destroyed`;
  return { reason: "Breaker", message };
}

/** A new member that failed a rollout that is held stays to be looked into, as long as enough others count. */
function isSpared({ course, census, declared }: Scene, member: Living): boolean {
  if (!course.spares || isStale(member)) return false;
  return availableCount(census) >= slotCount(declared.slots) - declared.rollout.maxUnavailable;
}

/** A quarantined revision is tried beside the one that is kept, or in its place where there is no room beside it. */
function tryAgain({ declared, census, createsLeft }: Scene, kept: Living): readonly Wish[] {
  const { slots, rollout } = declared;
  const room = slotCount(slots) + rollout.maxSurge - headCount(census);
  if (slots.kind === "named" || room <= 0) return [toDestroy(kept)];
  if (createsLeft <= 0) return [];
  return freeNumbers(takenSlots(census), 1).map((slot) => ({ kind: "create", slot, why: "tried again", as: declared }));
}

function toDestroy({ seen }: Living): Wish {
  return { kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: "unhealthy" };
}
