import type { Policy, RepairPolicy, RolloutPolicy } from "@muster/daemon";
import { durationText } from "@muster/model";

/** A policy in the words of a declaration: a line for rollouts, and one for repair. */
export function policyRows({ rollout, repair }: Policy): readonly (readonly [string, string])[] {
  return [
    ["rollout", listed(rolloutWords(rollout))],
    ["repair", listed(repairWords(repair))],
  ];
}

function rolloutWords(policy: RolloutPolicy): Readonly<Record<string, string | number>> {
  return {
    maxUnavailable: policy.maxUnavailable,
    maxSurge: policy.maxSurge,
    minReady: durationText(policy.minReadyMs),
    initialDelay: durationText(policy.initialDelayMs),
    healthyDeadline: durationText(policy.healthyDeadlineMs),
    progressDeadline: durationText(policy.progressDeadlineMs),
    canary: canaryWord(policy),
    onFailure: policy.onFailure,
    drainTimeout: durationText(policy.drainTimeoutMs),
  };
}

function canaryWord({ canary, bakeMs }: RolloutPolicy): string {
  if (canary === 0) return "0";
  return bakeMs === null ? `${canary} (promoted by hand)` : `${canary} (promoted after ${durationText(bakeMs)})`;
}

function repairWords(policy: RepairPolicy): Readonly<Record<string, string | number>> {
  const { breakerShare, maxInFlight, quarantineAfter, createsPerHour } = policy;
  return { breaker: `${Math.round(breakerShare * 100)}%`, maxInFlight, quarantineAfter, createsPerHour };
}

function listed(words: Readonly<Record<string, string | number>>): string {
  return Object.entries(words)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}
