import { type JsonObject, slotCount } from "@muster/model";
import { hasChangeable, isUnread, restarts, unreadOf, whyChanged } from "./amend.ts";
import { availableCount, type Census, headCount, isBusy, isStale, type Living } from "./census.ts";
import { isHeld, roomIn } from "./course.ts";
import type { DeclaredGroup } from "./declared.ts";
import { type Allowance, allowanceOfWanted, missingCount } from "./making.ts";
import { changedFirst } from "./order.ts";
import { freeNumbers, takenSlots } from "./refill.ts";
import { NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/**
 * Changes the members that are not as wanted, a batch at a time: in place where that can be; else a new one is made first
 * where there is room beyond the size, and the old one goes first where one may be away. A batch is done when everybody
 * new counts; what is under way for any other reason is of the same batch.
 */
export function roll(scene: Scene): Step {
  const { census, course } = scene;
  const stale = census.living.filter((member) => member.placed && isStale(member));
  if (stale.length === 0) return unreadable(scene);
  if (isHeld(course)) return NOTHING;
  const room = roomFor(scene);
  if (room <= 0) return { wishes: [], ...waiting(census) };
  // A call that was refused is tried again in its time.
  const free = stale.filter(({ call }) => call === undefined);
  return batch(scene, free.sort(changedFirst), room);
}

/** How many more may be on their way at once. */
function roomFor({ declared, census }: Scene): number {
  const { maxUnavailable, maxSurge } = declared.rollout;
  let unsettled = 0;
  for (const member of census.living) if (isBusy(member) || isComing(member)) unsettled++;
  return maxUnavailable + maxSurge - census.pending.length - census.leaving.length - unsettled;
}

/** As it is wanted, and does not count yet. */
function isComing(member: Living): boolean {
  return !member.available && !isStale(member);
}

function waiting({ living }: Census): Pick<Step, "waits"> {
  const who = living.find((member) => isComing(member) && !isBusy(member));
  return who === undefined ? {} : { waits: `${who.seen.id} is not ready yet` };
}

function batch(scene: Scene, stale: readonly Living[], room: number): Step {
  const { declared, census, course } = scene;
  const missing = missingCount(scene);
  const allowed = allowanceOfWanted(scene);
  let spare = availableCount(census) - leastOf(declared);
  // Whoever has been replaced already goes without a replacement of its own.
  let replaced = census.living.length + census.pending.length - slotCount(declared.slots);
  // Whoever can be changed in place goes only for one who is there: what is being made may never come.
  let beyond = census.living.length - slotCount(declared.slots);
  // A place that is empty is going to be filled, and takes its share.
  let mayChange = roomIn(course, declared, census) - missing;
  let makeable = allowed.count - missing;
  const wishes: Wish[] = [];
  const chosen = new Set<Living>();
  for (const member of stale) {
    if (wishes.length >= room) break;
    const wish = mayChange > 0 && member.changes !== undefined ? amend(member, member.changes) : takeAway(member);
    const cost = costOf(declared, member, wish);
    if (!isAffordable(cost, spare)) continue;
    if (wish.kind === "destroy" && (member.changes === undefined ? replaced : beyond) > 0) {
      replaced--;
      beyond--;
    } else {
      // What cannot be made anew must not be taken away; and what can be changed in place is not made anew.
      if (mayChange <= 0 || (wish.kind === "destroy" && makeable <= 0)) continue;
      mayChange--;
      if (wish.kind === "destroy") makeable--;
    }
    if (cost === "one") spare--;
    wishes.push(wish);
    chosen.add(member);
  }
  const rest = chosen.size === 0 ? stale : stale.filter((member) => !chosen.has(member));
  const isChanging = wishes.some(({ kind }) => kind === "update");
  const doubles = doublesFor(rest, replaced, isChanging || isAnybodyComing(census));
  const left = Math.min(room - wishes.length, mayChange, doubles);
  return surge(scene, stale, wishes, left, { ...allowed, count: Math.max(0, makeable) });
}

/**
 * How many members are to be made beside these, so that they can be taken away. Whoever can be changed in place waits for
 * those that are coming anyway: with one more of them counting it may be away for a moment.
 */
function doublesFor(rest: readonly Living[], replaced: number, isOneComing: boolean): number {
  const outdated = rest.filter(({ changes }) => changes === undefined).length - Math.max(0, replaced);
  if (outdated > 0) return outdated;
  return isOneComing ? 0 : rest.length;
}

function isAnybodyComing({ living, pending }: Census): boolean {
  return pending.length > 0 || living.some((member) => isBusy(member) || isToCount(member));
}

/** One that fails may never count: nobody waits for it. */
function isToCount(member: Living): boolean {
  return isComing(member) && member.health !== "failing";
}

export function leastOf({ slots, rollout }: DeclaredGroup): number {
  return slotCount(slots) - rollout.maxUnavailable;
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

function amend({ seen }: Living, changes: JsonObject): Wish {
  const why = whyChanged(changes);
  return { kind: "update", instance: seen.id, slot: seen.mark.slot ?? "", why, changes };
}

function takeAway({ seen, replaced }: Living): Wish {
  return { kind: "destroy", instance: seen.id, slot: seen.mark.slot ?? "", why: replaced ? "asked for" : "outdated" };
}

/** Makes new ones beside the old, where there is room; and says why nothing can be done where nothing can. */
function surge(
  { declared, census }: Scene,
  stale: readonly Living[],
  chosen: readonly Wish[],
  left: number,
  { count, held, wakeAt }: Allowance,
): Step {
  const beyond = slotCount(declared.slots) + declared.rollout.maxSurge - headCount(census);
  const wanted = declared.slots.kind === "named" ? 0 : Math.max(0, Math.min(left, beyond));
  const why = stale.every(({ replaced }) => replaced) ? "in another's stead" : "outdated";
  const most = Math.min(wanted, count);
  const slots = most > 0 ? freeNumbers(takenSlots(census), most) : [];
  const creates = slots.map((slot) => ({ kind: "create", slot, why, as: declared }) as const);
  const wishes = creates.length === 0 ? chosen : [...chosen, ...creates];
  if (left > 0 && count < wanted) return { wishes, held, ...(wakeAt === undefined ? {} : { wakeAt }) };
  if (wishes.length > 0 || left <= 0) return { wishes };
  if (count === 0) return { wishes, held, ...(wakeAt === undefined ? {} : { wakeAt }) };
  const must = `${availableCount(census)} are ready, and ${leastOf(declared)} must be`;
  return { wishes, waits: `${stale[0]?.seen.id} must stay: ${must}` };
}

/** What could not be read is left alone, and the group says that it cannot tell. */
function unreadable({ declared, census }: Scene): Step {
  if (!hasChangeable(declared)) return NOTHING;
  const unread = census.living.find(({ current, seen }) => current && isUnread(declared, seen));
  if (unread === undefined) return NOTHING;
  const message = `${unread.seen.id}: ${unreadOf(declared, unread.seen).join(", ")} could not be read`;
  return { wishes: [], held: { reason: "Unreadable", message } };
}
