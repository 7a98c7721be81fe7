import { ownOf } from "@muster/model";
import { isBusy, type Living } from "./census.ts";
import { counted, type Known } from "./counted.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { Seen } from "./look.ts";
import type { Memory } from "./memory.ts";

/**
 * The members that can be given work, of whatever revision: they are up, were so for long enough when they were new, and
 * nobody is about to take them away. Of one whose health nobody can tell just now it holds what was known before.
 */
export function servingOf(known: Known): readonly Seen[] {
  const { group, census } = counted(known);
  const { memory } = known;
  const failing = new Set(memory.failing);
  return census.living
    .filter((member) => !failing.has(member.seen.id) && !isGoingAway(member, group) && isUp(member, group, memory))
    .map(({ seen }) => seen);
}

/** A change that restarts it takes it away for a moment. */
function isGoingAway(member: Living, { restarting }: DeclaredGroup): boolean {
  return restarting.length > 0 && member.call?.kind === "update" && isBusy(member);
}

function isUp({ seen, available, health, down }: Living, { restarting }: DeclaredGroup, memory: Memory): boolean {
  if (available) return true;
  if (down || health === "failing") return false;
  const young = ownOf(memory.young, seen.id);
  if (young === undefined) return true;
  // What was changed where it stands was up before, and nothing has taken it away.
  return young.kind === "changed" && restarting.length === 0 && health === "ready";
}
