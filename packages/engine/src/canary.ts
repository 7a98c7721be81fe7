import { momentText, slotCount } from "@muster/model";
import { isNew } from "./aim.ts";
import type { Living } from "./census.ts";
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

/** @param arrived the members of the new version that count */
export function tendCanaries(
  group: DeclaredGroup,
  before: Rollout,
  arrived: () => readonly string[],
  now: number,
): Tended {
  const { canary: wanted, bakeMs } = group.rollout;
  const needed = before.changing && wanted > 0 && wanted < slotCount(group.slots) && isNew(group, group.former);
  if (before.promoted || !needed) return { rollout: before, canary: undefined };
  const promoted = { ...before, promoted: true, progressAt: now };
  if (group.steered.promoted) return { rollout: promoted, canary: undefined, promotedBy: "a person" };
  const counting = arrived();
  if (counting.length < wanted) {
    const rollout = before.canariesAt === null ? before : begunAnew(before, now);
    return { rollout, canary: { complete: false, promotedAt: undefined, says: undefined } };
  }
  const baking = stillBaking(before, counting, wanted) ?? { canariesAt: now, canaries: counting };
  const { canariesAt } = baking;
  const promotedAt = bakeMs === null ? undefined : canariesAt + bakeMs;
  if (promotedAt !== undefined && now >= promotedAt) {
    return { rollout: { ...promoted, canariesAt, canaries: [] }, canary: undefined, promotedBy: "time" };
  }
  const isSame = before.canariesAt === canariesAt && before.canaries === baking.canaries;
  const rollout = isSame ? before : { ...before, ...baking };
  return { rollout, canary: { complete: true, promotedAt, says: saysOf(group, promotedAt) } };
}

/**
 * Those that have counted ever since all of the canaries did; undefined where they are too few. There may be more of the new
 * version than canaries: one that came later takes no other's place.
 */
function stillBaking(
  { canariesAt, canaries }: Rollout,
  counting: readonly string[],
  wanted: number,
): { readonly canariesAt: number; readonly canaries: readonly string[] } | undefined {
  if (canariesAt === null) return undefined;
  const now = new Set(counting);
  const still = (canaries ?? counting).filter((id) => now.has(id));
  if (still.length < wanted) return undefined;
  return { canariesAt, canaries: still.length === canaries?.length ? canaries : still };
}

/**
 * The rollout after a look that nothing is decided on: whoever it shows not to count breaks the bake all the same, and
 * whoever it does not show may be there.
 */
export function withBrokenBake(
  before: Rollout | null,
  living: readonly Pick<Living, "seen" | "available">[],
  wanted: number,
  now: number,
): Rollout | null {
  if (before === null || before.promoted || before.canariesAt === null || before.canaries === undefined) return before;
  const broken = new Set(living.filter(({ available }) => !available).map(({ seen }) => seen.id));
  const still = before.canaries.filter((id) => !broken.has(id));
  if (still.length === before.canaries.length) return before;
  return still.length < wanted ? begunAnew(before, now) : { ...before, canaries: still };
}

/** One that was good has gone or fails: what is waited for now has only begun. */
function begunAnew(before: Rollout, now: number): Rollout {
  return { ...before, canariesAt: null, canaries: [], progressAt: now };
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
