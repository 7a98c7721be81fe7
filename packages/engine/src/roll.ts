import { slotCount } from "@muster/model";
import { headCount, readyCount, readyWithout } from "./census.ts";
import { replacedFirst } from "./order.ts";
import { createFailed, freeNumbers } from "./refill.ts";
import { NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/**
 * Replaces members of another revision, one at a time: a surge member first where there is room for one, else the old
 * one goes first. The next step waits until nothing is under way and everyone of the new revision is ready.
 */
export function roll(scene: Scene): Step {
  const { declared, census, memory, now } = scene;
  const outdated = census.living.filter((member) => !member.current && member.placed).toSorted(replacedFirst);
  const [oldest] = outdated;
  if (oldest === undefined || oldest.call !== undefined) return NOTHING;
  if (census.pending.length > 0 || census.leaving.length > 0) return NOTHING;
  const { creating } = memory;
  // What cannot be made anew must not be taken away.
  if (creating !== null && now < creating.until)
    return { wishes: [], held: createFailed(creating), wakeAt: creating.until };
  const settling = census.living.find((member) => member.current && member.health !== "ready");
  if (settling !== undefined) {
    return { wishes: [], held: { reason: "WaitingForReady", message: `${settling.seen.id} is not ready yet` } };
  }
  const size = slotCount(declared.slots);
  const least = size - declared.rollout.maxUnavailable;
  if (oldest.down || readyWithout(census, oldest) >= least) {
    const { id, mark } = oldest.seen;
    return { wishes: [{ kind: "destroy", instance: id, slot: mark.slot ?? "", why: "outdated" }] };
  }
  const wishes = surge(scene);
  if (wishes.length > 0) return { wishes };
  const message = `${oldest.seen.id} must stay: ${readyCount(census)} are ready, and ${least} must be without it`;
  return { wishes, held: { reason: "WaitingForReady", message } };
}

function surge({ declared, census }: Scene): readonly Wish[] {
  if (declared.slots.kind === "named") return [];
  if (headCount(census) >= declared.slots.size + declared.rollout.maxSurge) return [];
  const taken = new Set(census.living.map((member) => member.seen.mark.slot ?? ""));
  return freeNumbers(taken, 1).map((slot) => ({ kind: "create", slot, why: "outdated" }));
}
