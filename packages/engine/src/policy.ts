/** What is declared about rollouts and repair, with the defaults of the type filled in and shares made numbers. */
import {
  type Amount,
  DEFAULT_WAITS,
  type GroupDeclaration,
  type RepairDeclaration,
  type Slots,
  slotCount,
} from "@muster/model";

/** How a change is carried through. Durations in milliseconds. */
export interface RolloutPolicy {
  readonly maxUnavailable: number;
  /** Never 0 together with `maxUnavailable`. */
  readonly maxSurge: number;
  readonly minReadyMs: number;
  readonly initialDelayMs: number;
  readonly healthyDeadlineMs: number;
  readonly progressDeadlineMs: number;
  readonly canary: number;
  /** Null: promoted by hand. */
  readonly bakeMs: number | null;
  readonly onFailure: "pause" | "revert";
  readonly drainTimeoutMs: number;
}

export interface RepairPolicy {
  /** 0 to 1. */
  readonly breakerShare: number;
  readonly maxInFlight: number;
  readonly quarantineAfter: number;
  readonly createsPerHour: number;
}

export interface Policy {
  readonly rollout: RolloutPolicy;
  readonly repair: RepairPolicy;
}

/** What of a type bears on the defaults. */
export interface Nature {
  /** Looks are cheap and hints reliable: a person must see it heal at once. */
  readonly local: boolean;
  /** Two members cannot stand side by side in one place: they hold what only one can. */
  readonly exclusive: boolean;
  /** A new thing may need so long to come up, in milliseconds; missing: as any of its kind. */
  readonly startupMs?: number | undefined;
}

export function policyOf(group: Pick<GroupDeclaration, "slots" | "rollout" | "repair">, nature: Nature): Policy {
  const { slots, rollout, repair } = group;
  const waits = nature.local ? { ...DEFAULT_WAITS, minReadyMs: 0, initialDelayMs: 0 } : DEFAULT_WAITS;
  const initialDelayMs = nature.startupMs ?? waits.initialDelayMs;
  return {
    rollout: {
      ...budgetOf(slots, rollout, nature.exclusive),
      minReadyMs: rollout.minReadyMs ?? waits.minReadyMs,
      initialDelayMs: rollout.initialDelayMs ?? initialDelayMs,
      healthyDeadlineMs: rollout.healthyDeadlineMs ?? waits.healthyDeadlineMs,
      progressDeadlineMs: rollout.progressDeadlineMs ?? waits.progressDeadlineMs,
      canary: rollout.canary ?? 0,
      bakeMs: rollout.bakeMs ?? null,
      onFailure: rollout.onFailure ?? "pause",
      drainTimeoutMs: rollout.drainTimeoutMs ?? waits.drainTimeoutMs,
    },
    repair: repairPolicyOf(repair, slotCount(slots)),
  };
}

/** A name, or what only one can hold, is given on when its bearer is gone: one goes before another comes. */
function budgetOf(
  slots: Slots,
  { maxUnavailable, maxSurge }: GroupDeclaration["rollout"],
  exclusive: boolean,
): Pick<RolloutPolicy, "maxUnavailable" | "maxSurge"> {
  const size = slotCount(slots);
  const away = maxUnavailable === undefined ? undefined : numberOf(maxUnavailable, size, Math.floor);
  if (slots.kind === "named" || exclusive) return { maxUnavailable: Math.max(1, away ?? 1), maxSurge: 0 };
  const beyond = maxSurge === undefined ? undefined : numberOf(maxSurge, size, Math.ceil);
  const surge = beyond ?? (away === undefined || away === 0 ? 1 : 0);
  // Small shares of a small group round to nothing: then it would never change.
  return { maxUnavailable: surge === 0 ? Math.max(1, away ?? 1) : (away ?? 0), maxSurge: surge };
}

function numberOf(amount: Amount, size: number, round: (value: number) => number): number {
  return amount.kind === "count" ? amount.count : round((amount.percent * size) / 100);
}

function repairPolicyOf(repair: RepairDeclaration, size: number): RepairPolicy {
  return {
    breakerShare: (repair.breakerPercent ?? 40) / 100,
    maxInFlight: repair.maxInFlight ?? 1,
    quarantineAfter: repair.quarantineAfter ?? 3,
    // Ten times everybody and some: more than any day's work, and far less than a storm.
    createsPerHour: repair.createsPerHour ?? 10 * size + 200,
  };
}
