import { slotCount } from "@muster/model";
import { availableCount, isBusy, isStale, type Living } from "./census.ts";
import { isHeld } from "./course.ts";
import { goesFirst } from "./order.ts";
import { NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/**
 * Takes away what is too many: scale-in, members in places that are no longer declared, two in one named place, and a
 * create that turned up late. Never so many that fewer than size - maxUnavailable are ready.
 */
export function thin(scene: Scene): Step {
  const { declared, census } = scene;
  const surplus = surplusOf(scene);
  if (surplus.length === 0) return NOTHING;
  const least = slotCount(declared.slots) - declared.rollout.maxUnavailable;
  let counting = availableCount(census);
  const wishes: Wish[] = [];
  let staying = 0;
  for (const member of surplus) {
    const left = member.available ? counting - 1 : counting;
    if (!member.down && left < least) {
      staying++;
      continue;
    }
    counting = left;
    if (isBusy(member)) continue;
    wishes.push({ kind: "destroy", instance: member.seen.id, slot: member.seen.mark.slot ?? "", why: "surplus" });
  }
  if (staying === 0) return { wishes };
  return { wishes, waits: `${staying} too many must stay: ${counting} are known to be ready, and ${least} must be` };
}

function surplusOf(scene: Scene): readonly Living[] {
  const { declared, census } = scene;
  const { living } = census;
  if (declared.slots.kind === "numbered") {
    if (living.length <= declared.slots.size) return NOBODY;
    const most = declared.slots.size + surgeOf(scene);
    if (living.length <= most) return NOBODY;
    return living.toSorted(goesFirst).slice(0, living.length - most);
  }
  if (areApart(living)) return NOBODY;
  const kept = new Set<string>();
  const surplus: Living[] = [];
  for (const member of living.toSorted(goesFirst).reverse()) {
    const slot = member.seen.mark.slot;
    if (member.placed && slot !== undefined && !kept.has(slot)) kept.add(slot);
    else surplus.push(member);
  }
  return surplus.reverse();
}

const NOBODY: readonly Living[] = [];

/** Each fills a declared place of its own. */
function areApart(living: readonly Living[]): boolean {
  const slots = new Set<string>();
  for (const { placed, seen } of living) if (placed && seen.mark.slot !== undefined) slots.add(seen.mark.slot);
  return slots.size === living.length;
}

/**
 * While members are replaced, the extra ones are the surge that replaces the others: those of the new version. And beside
 * one that is kept to be looked into another one is tried.
 */
function surgeOf({ declared, census, course, quarantine }: Scene): number {
  const { slots, goal, rollout } = declared;
  if (goal === "pause" || slotCount(slots) === 0) return 0;
  // One that has recovered is not kept any more.
  const isKept = ({ seen, health }: Living) => seen.id === quarantine?.kept && health !== "ready";
  if (!census.living.some((member) => isStale(member) || isKept(member))) return 0;
  if (!isHeld(course)) return rollout.maxSurge;
  // Nobody else comes: who stands beside the others is what has come before it was held.
  return Math.min(rollout.maxSurge, census.living.filter((member) => !isStale(member)).length);
}
