/**
 * A person wants an equal one in a member's place. Such a member is not as it is wanted, whatever its revision: so it goes
 * the way of those that are outdated, a new one first where there is room beyond the size, and within the same budget. Or
 * wants it set aside.
 */
import { slotCount } from "@muster/model";
import { availableCount, type Census, type Living } from "./census.ts";
import { counted, type Known } from "./counted.ts";
import type { DeclaredGroup } from "./declared.ts";
import { leastOf } from "./roll.ts";

/** Why a member cannot be replaced as things stand; undefined where it can. One of the last look. */
export function whyIrreplaceable(known: Known, id: string): string | undefined {
  const { group, census } = counted(known);
  if (group.goal === "pause") return "the group is paused, and nobody is changed meanwhile";
  // An equal one is made first, and only when that counts the other goes.
  if (group.slots.kind === "numbered" && group.rollout.maxSurge > 0) return undefined;
  const member = census.living.find(({ seen }) => seen.id === id);
  const tooFew = member && tooFewWithout(member, group, census);
  return tooFew && `no other can be made beside it, and ${tooFew}`;
}

/**
 * Why a member cannot be set aside as things stand; undefined where it can. It stays where it is and is of the group no more:
 * it is out of service at once, and another one is made in its place.
 */
export function whyNotAside(known: Known, id: string): string | undefined {
  const { group, census } = counted(known);
  const member = census.living.find(({ seen }) => seen.id === id);
  return member ? tooFewWithout(member, group, census) : "it is no member of the group any more";
}

/** Whoever is down may always go: it serves nobody. */
function tooFewWithout(member: Living, group: DeclaredGroup, census: Census): string | undefined {
  const left = availableCount(census) - (member.available ? 1 : 0);
  const least = leastOf(group);
  if (member.down || left >= least) return undefined;
  return `${left} of ${slotCount(group.slots)} would be known to be ready where ${least} must be`;
}
