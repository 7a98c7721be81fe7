/**
 * What a declared policy promises, read once more and apart from the engine: what the invariants hold Muster to must not
 * come from Muster.
 */
import { type Amount, DEFAULT_WAITS } from "@muster/model";
import { type GroupText, sizeOf } from "./grammar.ts";

/** Durations in milliseconds, shares from 0 to 1. */
export interface Promised {
  readonly size: number;
  /** So many at least stay healthy, and so many at most are there. */
  readonly least: number;
  readonly most: number;
  readonly minReadyMs: number;
  readonly initialDelayMs: number;
  readonly healthyDeadlineMs: number;
  readonly progressDeadlineMs: number;
  readonly drainTimeoutMs: number;
  /** 0: there are none. */
  readonly canary: number;
  /** Undefined: a person promotes them. */
  readonly bakeMs: number | undefined;
  readonly revertsOnFailure: boolean;
  readonly breakerShare: number;
  readonly maxInFlight: number;
  readonly quarantineAfter: number;
  readonly createsPerHour: number;
}

export function promisedBy(text: GroupText, local: boolean): Promised {
  const { rollout, repair } = text;
  const size = sizeOf(text);
  const { away, beyond } = budgetOf(text);
  const canary = rollout.canary ?? 0;
  return {
    size,
    least: size - away,
    most: size + beyond,
    minReadyMs: rollout.minReadyMs ?? (local ? 0 : DEFAULT_WAITS.minReadyMs),
    initialDelayMs: rollout.initialDelayMs ?? (local ? 0 : DEFAULT_WAITS.initialDelayMs),
    healthyDeadlineMs: rollout.healthyDeadlineMs ?? DEFAULT_WAITS.healthyDeadlineMs,
    progressDeadlineMs: rollout.progressDeadlineMs ?? DEFAULT_WAITS.progressDeadlineMs,
    drainTimeoutMs: rollout.drainTimeoutMs ?? DEFAULT_WAITS.drainTimeoutMs,
    // Where everybody would be a canary there is nobody to be spared.
    canary: canary < size ? canary : 0,
    bakeMs: rollout.bakeMs,
    revertsOnFailure: rollout.onFailure === "revert",
    breakerShare: (repair.breakerPercent ?? 40) / 100,
    maxInFlight: repair.maxInFlight ?? 1,
    quarantineAfter: repair.quarantineAfter ?? 3,
    createsPerHour: repair.createsPerHour ?? 10 * size + 200,
  };
}

/** Someone is always allowed to go or to come, or nothing could ever be changed; a name is never borne twice. */
function budgetOf(text: GroupText): { readonly away: number; readonly beyond: number } {
  const { maxUnavailable, maxSurge } = text.rollout;
  const size = sizeOf(text);
  const away = maxUnavailable && Math.floor(countOf(maxUnavailable, size));
  if (typeof text.size !== "number") return { away: Math.max(1, away ?? 1), beyond: 0 };
  const beyond = maxSurge ? Math.ceil(countOf(maxSurge, size)) : (away ?? 0) === 0 ? 1 : 0;
  return { away: beyond === 0 ? Math.max(1, away ?? 1) : (away ?? 0), beyond };
}

function countOf(amount: Amount, size: number): number {
  return amount.kind === "count" ? amount.count : (amount.percent * size) / 100;
}
