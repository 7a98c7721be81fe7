/** Policies as people declare them: any of them, and none that the check of declarations would refuse. */
import type { Amount, RepairDeclaration, RolloutDeclaration } from "@muster/model";
import type { Random } from "./random.ts";

const SECOND = 1_000;

const BUDGETS: readonly [RolloutDeclaration, ...RolloutDeclaration[]] = [
  {},
  { maxUnavailable: count(0), maxSurge: count(1) },
  { maxUnavailable: count(1), maxSurge: count(0) },
  { maxUnavailable: count(1), maxSurge: count(1) },
  { maxUnavailable: count(0), maxSurge: count(3) },
  { maxUnavailable: count(2), maxSurge: count(0) },
  { maxUnavailable: percent(25), maxSurge: percent(25) },
  { maxUnavailable: percent(0), maxSurge: percent(100) },
  { maxUnavailable: percent(50) },
];
const BUDGETS_OF_NAMES: typeof BUDGETS = [
  {},
  { maxUnavailable: count(1) },
  { maxUnavailable: count(2) },
  { maxUnavailable: percent(40) },
];

export function someRollout(random: Random, size: number, named: boolean): RolloutDeclaration {
  const healthyDeadlineMs = random.pick([undefined, undefined, 30 * SECOND, 60 * SECOND]);
  const canary = size > 1 && random.chance(0.4) ? random.between(1, Math.min(2, size - 1)) : undefined;
  return defined({
    ...random.pick(named ? BUDGETS_OF_NAMES : BUDGETS),
    minReadyMs: random.pick([undefined, undefined, 0, SECOND, 5 * SECOND, 20 * SECOND]),
    initialDelayMs: random.pick([undefined, undefined, 0, 5 * SECOND, 20 * SECOND]),
    healthyDeadlineMs,
    progressDeadlineMs: random.pick([undefined, healthyDeadlineMs, 300 * SECOND, 600 * SECOND]),
    canary,
    bakeMs: canary === undefined ? undefined : random.pick([undefined, 0, 5 * SECOND, 60 * SECOND]),
    onFailure: random.pick([undefined, "pause", "revert", "revert"]),
    drainTimeoutMs: random.pick([undefined, undefined, 0, 2 * SECOND, 20 * SECOND]),
  });
}

export function someRepair(random: Random, size: number): RepairDeclaration {
  return defined({
    breakerPercent: random.pick([undefined, undefined, 20, 50, 100]),
    maxInFlight: random.pick([undefined, undefined, 1, 2, 3]),
    quarantineAfter: random.pick([undefined, undefined, 1, 2]),
    createsPerHour: random.chance(0.2) ? size + random.between(2, 8) : undefined,
  });
}

/** What is left out is left out of the declaration too. */
function defined<T extends object>(policy: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined)) as T;
}

function count(of: number): Amount {
  return { kind: "count", count: of };
}

function percent(of: number): Amount {
  return { kind: "percent", percent: of };
}
