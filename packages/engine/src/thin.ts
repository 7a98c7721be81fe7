import { slotCount } from "@muster/model";
import { availableCount, isBusy, isStale, type Living } from "./census.ts";
import { goesFirst } from "./order.ts";
import { NOTHING, type Scene, type Step } from "./step.ts";

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
  const wishes: Step["wishes"][number][] = [];
  for (const member of surplus) {
    const left = member.available ? counting - 1 : counting;
    if (!member.down && left < least) continue;
    counting = left;
    if (isBusy(member)) continue;
    wishes.push({ kind: "destroy", instance: member.seen.id, slot: member.seen.mark.slot ?? "", why: "surplus" });
  }
  return { wishes };
}

function surplusOf({ declared, census, quarantine }: Scene): readonly Living[] {
  const { living } = census;
  if (declared.slots.kind === "numbered") {
    // While members are replaced, the extra ones are the surge that replaces the others.
    const carried = declared.goal !== "pause" && declared.slots.size > 0;
    const replacing = carried && (quarantine !== null || living.some(isStale));
    const most = declared.slots.size + (replacing ? declared.rollout.maxSurge : 0);
    if (living.length <= most) return [];
    return living.toSorted(goesFirst).slice(0, living.length - most);
  }
  const kept = new Set<string>();
  const surplus: Living[] = [];
  for (const member of living.toSorted(goesFirst).reverse()) {
    const slot = member.seen.mark.slot;
    if (member.placed && slot !== undefined && !kept.has(slot)) kept.add(slot);
    else surplus.push(member);
  }
  return surplus.reverse();
}
