import { momentText, slotCount } from "@muster/model";
import { isNew } from "./aim.ts";
import { type DeclaredGroup, placeOf } from "./declared.ts";
import type { Rollout } from "./memory.ts";
import type { Held } from "./step.ts";

/** The canaries of a rollout that has not been promoted yet. */
export interface Canary {
  /** All of them count. */
  readonly complete: boolean;
  /** When time promotes them; undefined where a person does, or they are not complete. */
  readonly promotedAt: number | undefined;
  readonly says: Held | undefined;
}

/** The rollout as its canaries have it; `canary` is undefined where there are none to wait for. */
export interface Tended {
  readonly rollout: Rollout;
  readonly canary: Canary | undefined;
  readonly promotedBy?: "a person" | "time";
}

/** @param counting how many members of the new version count; of those that came to be before a time, where one is given */
export function tendCanaries(
  group: DeclaredGroup,
  before: Rollout,
  counting: (until?: number) => number,
  now: number,
): Tended {
  const { canary: wanted, bakeMs } = group.rollout;
  const needed = before.changing && wanted > 0 && wanted < slotCount(group.slots) && isNew(group, group.former);
  if (before.promoted || !needed) return { rollout: before, canary: undefined };
  const promoted = { ...before, promoted: true, progressAt: now };
  if (group.steered.promoted) return { rollout: promoted, canary: undefined, promotedBy: "a person" };
  if (counting() < wanted) {
    // One that was good has gone or fails: what is waited for now has only begun.
    const rollout = before.canariesAt === null ? before : { ...before, canariesAt: null, progressAt: now };
    return { rollout, canary: { complete: false, promotedAt: undefined, says: undefined } };
  }
  // There may be more of them than canaries: one that came later takes no other's place.
  const isSame = before.canariesAt !== null && counting(before.canariesAt) >= wanted;
  const canariesAt = isSame ? before.canariesAt : now;
  const promotedAt = bakeMs === null ? undefined : canariesAt + bakeMs;
  if (promotedAt !== undefined && now >= promotedAt) {
    return { rollout: { ...promoted, canariesAt }, canary: undefined, promotedBy: "time" };
  }
  const rollout = before.canariesAt === canariesAt ? before : { ...before, canariesAt };
  return { rollout, canary: { complete: true, promotedAt, says: saysOf(group, promotedAt) } };
}

function saysOf(group: DeclaredGroup, promotedAt: number | undefined): Held {
  const { canary } = group.rollout;
  const who = canary === 1 ? "the canary is" : `${canary} canaries are`;
  if (promotedAt !== undefined) {
    const message = `${who} ready: the others follow at ${momentText(promotedAt)}`;
    return { reason: "CanaryBakes", message, meant: true };
  }
  const place = placeOf(group);
  const then = `\`muster group promote ${place}\` changes the others, \`muster group revert ${place}\` goes back`;
  return { reason: "CanaryWaits", message: `${who} ready: ${then}`, meant: true };
}
