/**
 * A person wants an equal one in a member's place. Such a member is not as it is wanted, whatever its revision: so it goes
 * the way of those that are outdated, a new one first where there is room beyond the size, and within the same budget. Or
 * wants it set aside.
 */
import { slotCount } from "@muster/model";
import { availableCount } from "./census.ts";
import { counted } from "./counted.ts";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook } from "./look.ts";
import type { Memory } from "./memory.ts";
import { leastOf } from "./roll.ts";

/** Why a member cannot be replaced as things stand; undefined where it can. One of the last look. */
export function whyIrreplaceable(
  declared: DeclaredGroup,
  traits: Traits,
  look: GoodLook,
  memory: Memory,
  id: string,
  now: number,
): string | undefined {
  const { group, census } = counted({ declared, traits, look, memory, now });
  if (group.goal === "pause") return "the group is paused, and nobody is changed meanwhile";
  // An equal one is made first, and only when that counts the other goes.
  if (group.slots.kind === "numbered" && group.rollout.maxSurge > 0) return undefined;
  const member = census.living.find(({ seen }) => seen.id === id);
  if (member === undefined || member.down) return undefined;
  const left = availableCount(census) - (member.available ? 1 : 0);
  if (left >= leastOf(group)) return undefined;
  const size = slotCount(group.slots);
  return `no other can be made beside it, and ${left} of ${size} would be known to be ready where ${leastOf(group)} must be`;
}

/**
 * Why a member cannot be set aside as things stand; undefined where it can. It stays where it is and is of the group no more:
 * it is out of service at once, and another one is made in its place.
 */
export function whyNotAside(
  declared: DeclaredGroup,
  traits: Traits,
  look: GoodLook,
  memory: Memory,
  id: string,
  now: number,
): string | undefined {
  const { group, census } = counted({ declared, traits, look, memory, now });
  const member = census.living.find(({ seen }) => seen.id === id);
  if (member === undefined) return "it is no member of the group any more";
  if (member.down) return undefined;
  const left = availableCount(census) - (member.available ? 1 : 0);
  if (left >= leastOf(group)) return undefined;
  const size = slotCount(group.slots);
  return `${left} of ${size} would be known to be ready where ${leastOf(group)} must be`;
}
