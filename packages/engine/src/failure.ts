/** When a rollout has failed: too many of the new members have, or nothing got further in time. */
import { durationText, slotCount } from "@muster/model";
import { type Aim, aimOf, isNew } from "./aim.ts";
import { type DeclaredGroup, versionWord } from "./declared.ts";
import type { Memory, Rollout, RolloutFailure } from "./memory.ts";

/** How many of the wanted version there are, and how many of those count. */
export interface Arrivals {
  readonly there: number;
  readonly counting: number;
  /** Of those that are there: failed, and not recovered. */
  readonly failed: number;
  /** Members of another version. */
  readonly stale: number;
}

/**
 * Too great a share of the new members failed: with a batch of one, the first. One that failed among many that did not
 * is replaced, and no reason to undo the others.
 */
export function membersFailed(
  { repair }: DeclaredGroup,
  { failed, failure }: Rollout,
  arrivals: Arrivals,
  whyFailing: (id: string) => string | undefined,
  now: number,
): RolloutFailure | null {
  const count = failed.length;
  const all = count + arrivals.there - arrivals.failed;
  if (count === 0 || count < repair.breakerShare * all) return null;
  if (failure?.kind === "members") return failure;
  const more = count > NAMED ? ` and ${count - NAMED} more` : "";
  const why = failed.map(whyFailing).find((said) => said !== undefined);
  const who = `${failed.slice(0, NAMED).join(", ")}${more}${why === undefined ? "" : `: ${why}`}`;
  return { kind: "members", at: now, reason: `${count} of ${all} new members failed: ${who}` };
}

const NAMED = 3;

/** Nothing got further for `progressDeadline`. */
export function progressFailed(
  { rollout: policy, slots }: DeclaredGroup,
  rollout: Rollout,
  now: number,
): RolloutFailure | null {
  if (now < rollout.progressAt + policy.progressDeadlineMs) return null;
  if (rollout.failure?.kind === "progress") return rollout.failure;
  const howFar = `${rollout.arrived} of ${slotCount(slots)} arrived`;
  return {
    kind: "progress",
    at: now,
    reason: `nothing got further for ${durationText(policy.progressDeadlineMs)}: ${howFar}`,
  };
}

/** The deadline passes also while nothing can be seen. */
export function failedUnseen(declared: DeclaredGroup, memory: Memory, now: number): Rollout | undefined {
  const { rollout } = memory;
  if (declared.goal !== "keep" || rollout === null || !rollout.changing) return undefined;
  // Canaries that are complete wait for a person, who has all the time there is.
  if (rollout.failure !== null || rollout.canariesAt !== null) return undefined;
  // Of another version, or of one that somebody has asked for again, nothing was begun yet.
  const { group } = aimOf(declared, memory);
  if (rollout.to !== versionWord(group) || declared.steered.retriedIn > rollout.generation) return undefined;
  const failure = progressFailed(group, rollout, now);
  return failure === null ? undefined : { ...rollout, failure };
}

/**
 * A failure is answered by going back where that is asked for and there is another version to go back to. A revert that
 * fails is not reverted: it would go back to what has failed. Where only few have not arrived, the many that have are
 * not undone for them.
 */
export function mayRevert({ group, reverted }: Aim, { kind }: RolloutFailure, { counting }: Arrivals): boolean {
  const { version, former, rollout, repair, slots } = group;
  if (rollout.onFailure !== "revert" || version !== "declared" || reverted !== null) return false;
  if (former === undefined || !isNew(group, former)) return false;
  const size = slotCount(slots);
  return kind === "members" || size - counting >= repair.breakerShare * size;
}
