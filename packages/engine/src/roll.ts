import { slotCount } from "@muster/model";
import { hasChangeable, restarts, unreadOf } from "./amend.ts";
import { arrivingCount, availableCount, type Census, headCount, isBusy, isStale, type Living } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import { replacedFirst } from "./order.ts";
import { createFailed, freeNumbers, hourEnds, hourSpent, takenSlots } from "./refill.ts";
import { NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/**
 * Changes the members that are not as wanted, a batch at a time: in place where that can be; else a new one is made first
 * where there is room beyond the size, and the old one goes first where one may be away. A batch is done when everybody
 * new counts; what is under way for any other reason is of the same batch.
 */
export function roll(scene: Scene): Step {
  const { census, course, memory, now } = scene;
  const stale = census.living.filter((member) => member.placed && isStale(member));
  if (stale.length === 0) return unreadable(scene);
  if (course.holds) return NOTHING;
  const { creating } = memory;
  // What cannot be made anew must not be taken away.
  if (creating !== null && now < creating.until)
    return { wishes: [], held: createFailed(creating), wakeAt: creating.until };
  const room = roomFor(scene);
  if (room <= 0) return { wishes: [], ...waiting(census) };
  return batch(scene, stale.toSorted(replacedFirst), room);
}

/** How many more may be on their way at once. */
function roomFor({ declared, census }: Scene): number {
  const { maxUnavailable, maxSurge } = declared.rollout;
  const unsettled = census.living.filter((member) => isBusy(member) || (!isStale(member) && !member.available)).length;
  return maxUnavailable + maxSurge - census.pending.length - census.leaving.length - unsettled;
}

function waiting({ living }: Census): Pick<Step, "waits"> {
  const who = living.find((member) => !isStale(member) && !member.available && !isBusy(member));
  return who === undefined ? {} : { waits: `${who.seen.id} is not ready yet` };
}

function batch(scene: Scene, stale: readonly Living[], room: number): Step {
  const { declared, census, course } = scene;
  const size = slotCount(declared.slots);
  const least = size - declared.rollout.maxUnavailable;
  let spare = availableCount(census) - least;
  // Whoever has been replaced already goes without a replacement of its own.
  let replaced = census.living.length + census.pending.length - size;
  let mayChange = course.limit - arrivingCount(census, declared.revision);
  const wishes: Wish[] = [];
  for (const member of stale) {
    if (wishes.length >= room) break;
    if (member.call !== undefined) continue;
    const extra = replaced > 0;
    if (!extra && mayChange <= 0) continue;
    const wish = extra ? takeAway(member) : change(member);
    const cost = costOf(declared, member, wish);
    if (!isAffordable(cost, spare)) continue;
    if (cost === "one") spare--;
    if (extra) replaced--;
    else mayChange--;
    wishes.push(wish);
  }
  const left = Math.min(room - wishes.length, mayChange);
  return surge(scene, stale, wishes, left, least);
}

/** How many fewer count while it is done. `unknown`: of a member whose health is unknown nobody can say. */
type Cost = "none" | "one" | "unknown";

function costOf(declared: DeclaredGroup, { available, down }: Living, wish: Wish): Cost {
  if (wish.kind === "update" && !restarts(declared, wish.changes)) return "none";
  if (available) return "one";
  return down ? "none" : "unknown";
}

/** With `spare` that may be away, or with too few there already. */
function isAffordable(cost: Cost, spare: number): boolean {
  switch (cost) {
    case "none":
      return true;
    case "one":
      return spare >= 1;
    case "unknown":
      return spare >= 0;
  }
}

function change(member: Living): Wish {
  const { changes, seen } = member;
  if (changes === undefined) return takeAway(member);
  const why = `${Object.keys(changes).join(", ")} differs`;
  return { kind: "update", instance: seen.id, slot: seen.mark.slot ?? "", why, changes };
}

function takeAway({ seen }: Living): Wish {
  return { kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: "outdated" };
}

/** Makes new ones beside the old, where there is room; and says why nothing can be done where nothing can. */
function surge(scene: Scene, stale: readonly Living[], chosen: readonly Wish[], left: number, least: number): Step {
  const { declared, census, createsLeft, memory } = scene;
  const size = slotCount(declared.slots);
  const beyond = size + declared.rollout.maxSurge - headCount(census);
  const wanted = Math.min(left, declared.slots.kind === "named" ? 0 : beyond, stale.length - chosen.length);
  const count = Math.min(wanted, createsLeft);
  const creates = freeNumbers(takenSlots(census), Math.max(0, count)).map(
    (slot) => ({ kind: "create", slot, why: "outdated", as: declared }) as const,
  );
  const wishes = [...chosen, ...creates];
  if (wanted > count) return { wishes, held: hourSpent(declared), wakeAt: hourEnds(memory.creates) };
  if (wishes.length > 0 || left <= 0) return { wishes };
  const [first] = stale;
  return { wishes, waits: `${first?.seen.id} must stay: ${availableCount(census)} are ready, and ${least} must be` };
}

/** What could not be read is left alone, and the group says that it cannot tell. */
function unreadable({ declared, census }: Scene): Step {
  if (!hasChangeable(declared)) return NOTHING;
  const unread = census.living.find(({ current, seen }) => current && unreadOf(declared, seen).length > 0);
  if (unread === undefined) return NOTHING;
  const message = `${unread.seen.id}: ${unreadOf(declared, unread.seen).join(", ")} could not be read`;
  return { wishes: [], held: { reason: "Unreadable", message } };
}
