/** Policies that cannot all hold: each would make a group wait for ever, fail whatever happens, or never be whole in time. */
import {
  type Amount,
  DEFAULT_WAITS,
  durationText,
  type RepairDeclaration,
  type RolloutDeclaration,
  type Slots,
  slotCount,
} from "@muster/model";

export interface Contradiction {
  /** The key of the rollout or the repair that it is told at: one that is declared. */
  readonly key: string;
  readonly detail: string;
  readonly fix: string;
}

/** What is not declared is taken to be so long, in milliseconds. */
export type Waits = Pick<typeof DEFAULT_WAITS, "healthyDeadlineMs" | "progressDeadlineMs"> & {
  readonly minReadyMs: number;
};

/** Of any type: one that is local does not wait, so that what is not declared contradicts nothing. */
export const WAITS_OF_ANY_TYPE: Waits = { ...DEFAULT_WAITS, minReadyMs: 0 };

/** @param slots undefined where they could not be read */
export function contradictionsOf(
  rollout: RolloutDeclaration,
  slots: Slots | undefined,
  waits: Waits,
): readonly Contradiction[] {
  return [
    ...budget(rollout, slots),
    ...canaries(rollout, slots),
    ...tooLateToCount(rollout, waits),
    ...startingTooLong(rollout, waits),
    ...tooLateToProgress(rollout, waits),
    ...leavingTooLong(rollout, waits),
  ];
}

/** @param slots undefined where they could not be read */
export function repairContradictionsOf(
  { createsPerHour }: RepairDeclaration,
  slots: Slots | undefined,
): readonly Contradiction[] {
  const all = slots === undefined ? 0 : slotCount(slots);
  if (createsPerHour === undefined || createsPerHour >= all) return [];
  const detail = `\`createsPerHour\` is ${createsPerHour}, and the group has ${members(all)}: it could never be made within the hour`;
  const fix = `Write \`createsPerHour: ${all}\` or more, or let the group have fewer members.`;
  return [{ key: "createsPerHour", detail, fix }];
}

function budget({ maxUnavailable, maxSurge }: RolloutDeclaration, slots: Slots | undefined): readonly Contradiction[] {
  if (slots?.kind === "named") return budgetOfNames(maxUnavailable, maxSurge);
  if (!isNone(maxUnavailable) || !isNone(maxSurge)) return [];
  const detail =
    "`maxUnavailable` and `maxSurge` are both 0: nobody may be away and nobody added, so nothing could ever be changed";
  const fix = "Write `maxSurge: 1` (a new member comes first) or `maxUnavailable: 1` (an old one goes first).";
  return [{ key: "maxSurge", detail, fix }];
}

function budgetOfNames(maxUnavailable: Amount | undefined, maxSurge: Amount | undefined): readonly Contradiction[] {
  const away: Contradiction = {
    key: "maxUnavailable",
    detail: "`maxUnavailable` is 0, and a named member goes before it comes anew: nothing could ever be changed",
    fix: "Write `maxUnavailable: 1`, or take it out.",
  };
  const beyond: Contradiction = {
    key: "maxSurge",
    detail: "`maxSurge` is more than 0, and no member can be added: each name is there once",
    fix: "Take `maxSurge` out; `maxUnavailable` says how many are changed at a time.",
  };
  return [...(isNone(maxUnavailable) ? [away] : []), ...(maxSurge === undefined || isNone(maxSurge) ? [] : [beyond])];
}

/** A group of size 0 rests: it has nobody to try a change on, and keeps its policies for when it is wanted again. */
function canaries({ canary = 0, bakeMs }: RolloutDeclaration, slots: Slots | undefined): readonly Contradiction[] {
  if (canary === 0) {
    const detail = "`bake` says when canaries are promoted, and there are none";
    return bakeMs === undefined ? [] : [{ key: "bake", detail, fix: "Add `canary: 1`, or take `bake` out." }];
  }
  const all = slots === undefined ? 0 : slotCount(slots);
  if (all === 0 || canary < all) return [];
  const least = all === 1 ? "Take `canary` out" : `Write \`canary: ${all - 1}\` at most`;
  const detail = `\`canary\` is ${canary}, and the group has ${members(all)}: canaries are fewer than all`;
  return [{ key: "canary", detail, fix: `${least}, or let the group have more members.` }];
}

function tooLateToCount(rollout: RolloutDeclaration, waits: Waits): readonly Contradiction[] {
  const { minReadyMs = waits.minReadyMs, healthyDeadlineMs = waits.healthyDeadlineMs } = rollout;
  if (minReadyMs < healthyDeadlineMs) return [];
  const counts = said("minReady", minReadyMs, rollout.minReadyMs);
  const must = said("healthyDeadline", healthyDeadlineMs, rollout.healthyDeadlineMs);
  return [
    {
      key: rollout.minReadyMs === undefined ? "healthyDeadline" : "minReady",
      detail: `a new member counts when it has been healthy for so long: ${counts}, and has failed when it does not count by then: ${must}. None ever could`,
      fix: "Write a `minReady` that is shorter than `healthyDeadline`.",
    },
  ];
}

function startingTooLong(rollout: RolloutDeclaration, waits: Waits): readonly Contradiction[] {
  const { initialDelayMs, healthyDeadlineMs = waits.healthyDeadlineMs } = rollout;
  if (initialDelayMs === undefined || initialDelayMs < healthyDeadlineMs) return [];
  const starting = said("initialDelay", initialDelayMs, initialDelayMs);
  const failed = said("healthyDeadline", healthyDeadlineMs, rollout.healthyDeadlineMs);
  return [
    {
      key: "initialDelay",
      detail: `a new member is called starting for so long: ${starting}, and has failed before: ${failed}`,
      fix: "Write an `initialDelay` that is shorter than `healthyDeadline`.",
    },
  ];
}

function tooLateToProgress(rollout: RolloutDeclaration, waits: Waits): readonly Contradiction[] {
  const { healthyDeadlineMs = waits.healthyDeadlineMs, progressDeadlineMs = waits.progressDeadlineMs } = rollout;
  if (healthyDeadlineMs <= progressDeadlineMs) return [];
  const member = said("healthyDeadline", healthyDeadlineMs, rollout.healthyDeadlineMs);
  const batch = said("progressDeadline", progressDeadlineMs, rollout.progressDeadlineMs);
  return [
    {
      key: rollout.healthyDeadlineMs === undefined ? "progressDeadline" : "healthyDeadline",
      detail: `a new member may take so long to become healthy: ${member}, and the rollout has failed before: ${batch}`,
      fix: `Write \`progressDeadline: ${durationText(healthyDeadlineMs)}\` or more, or \`healthyDeadline: ${durationText(progressDeadlineMs)}\` or less.`,
    },
  ];
}

function leavingTooLong(rollout: RolloutDeclaration, waits: Waits): readonly Contradiction[] {
  const { drainTimeoutMs, progressDeadlineMs = waits.progressDeadlineMs } = rollout;
  if (drainTimeoutMs === undefined || drainTimeoutMs < progressDeadlineMs) return [];
  const leaving = said("drainTimeout", drainTimeoutMs, drainTimeoutMs);
  const batch = said("progressDeadline", progressDeadlineMs, rollout.progressDeadlineMs);
  return [
    {
      key: "drainTimeout",
      detail: `a member may take so long to leave: ${leaving}, and the rollout has failed before: ${batch}`,
      fix: "Write a `progressDeadline` that is longer than `drainTimeout`.",
    },
  ];
}

function isNone(amount: Amount | undefined): boolean {
  if (amount === undefined) return false;
  return amount.kind === "count" ? amount.count === 0 : amount.percent === 0;
}

function said(key: string, ms: number, declared: number | undefined): string {
  return `\`${key}\` is ${durationText(ms)}${declared === undefined ? " unless told" : ""}`;
}

function members(count: number): string {
  return count === 1 ? "1 member" : `${count} members`;
}
