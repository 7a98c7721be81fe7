import { slotCount } from "@muster/model";
import { isBusy, type Living, readyCount } from "./census.ts";
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
  let ready = readyCount(census);
  const wishes: Step["wishes"][number][] = [];
  for (const member of surplus) {
    const left = member.health === "ready" ? ready - 1 : ready;
    if (!member.down && left < least) continue;
    ready = left;
    if (isBusy(member)) continue;
    wishes.push({ kind: "destroy", instance: member.seen.id, slot: member.seen.mark.slot ?? "", why: "surplus" });
  }
  return { wishes };
}

function surplusOf({ declared, census }: Scene): readonly Living[] {
  const { living } = census;
  if (declared.slots.kind === "numbered") {
    // While a change is carried through, the extra ones are the surge that replaces the others.
    const carried = declared.goal !== "pause" && declared.slots.size > 0;
    const rolling = carried && living.some((member) => !member.current);
    const most = declared.slots.size + (rolling ? declared.rollout.maxSurge : 0);
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
