/**
 * Members on trial: those that were made or changed, until they have been healthy for `minReady`. Only these are kept
 * in memory; of everybody else a look tells all there is to know.
 */
import type { Health } from "./census.ts";
import type { Young } from "./memory.ts";
import type { RolloutPolicy } from "./policy.ts";

/** How a member stands in its trial, after this look. */
export interface Trial {
  /** Undefined when it is over, and was passed. */
  readonly young: Young | undefined;
  /** It has failed in this pass. */
  readonly fails: boolean;
  /** It has passed in this pass. */
  readonly passes: boolean;
  /** When the next thing is to be told, ms since 1970. */
  readonly wakeAt: number | undefined;
}

/**
 * @param before as it was remembered; a new one has none
 * @param unsettled a call is open on it: what the look shows may be older than the change
 */
export function tryMember(
  before: Young | undefined,
  health: Health,
  unsettled: boolean,
  policy: RolloutPolicy,
  now: number,
): Trial {
  const { since, failed } = before ?? { since: now, failed: false };
  if (health === "ready") {
    const readyAt = before?.readyAt ?? now;
    if (unsettled)
      return { young: kept(before, { since, readyAt, failed }), fails: false, passes: false, wakeAt: undefined };
    const countsAt = readyAt + policy.minReadyMs;
    if (now >= countsAt) return { young: undefined, fails: false, passes: true, wakeAt: undefined };
    return { young: kept(before, { since, readyAt, failed }), fails: false, passes: false, wakeAt: countsAt };
  }
  const deadline = since + policy.healthyDeadlineMs;
  const fails = !failed && (health === "failing" || now >= deadline);
  const young = kept(before, { since, readyAt: null, failed: failed || fails });
  return { young, fails, passes: false, wakeAt: young.failed ? undefined : deadline };
}

/** An entry that says the same keeps its identity, so that nothing is written when nothing happened. */
function kept(before: Young | undefined, now: Young): Young {
  const same =
    before !== undefined &&
    before.since === now.since &&
    before.readyAt === now.readyAt &&
    before.failed === now.failed;
  return same ? before : now;
}
