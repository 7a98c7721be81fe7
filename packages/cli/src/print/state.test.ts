import type { GroupView, RolloutPolicy } from "@muster/daemon";
import type { RolloutStatus, Status } from "@muster/model";
import { describe, expect, it } from "vitest";
import { policyRows } from "./policy.ts";
import { liveWord, progressOf } from "./state.ts";

function status(phase: RolloutStatus["phase"] | undefined, stalled?: string, converged = false): Status {
  return {
    ...{ generation: 1, observedGeneration: 1, lookedAt: 1, desired: 10, ready: 4, revision: "r" },
    rollout: phase === undefined ? null : { phase, arrived: 4, of: 10 },
    conditions: [
      { name: "Converged", holds: converged, reason: "", message: "" },
      { name: "Stalled", holds: stalled !== undefined, reason: stalled ?? "", message: "" },
    ],
  };
}

describe("how a group stands", () => {
  it.each<[string, string, Status, GroupView["steering"]]>([
    ["converged", "as declared", status(undefined, undefined, true), undefined],
    ["progressing", "under way", status(undefined), undefined],
    ["rolling 4/10", "rolling 4/10", status("rolling"), undefined],
    ["canary 4/10", "canary 4/10", status("canary"), undefined],
    ["failed 4/10", "failed 4/10", status("failed", "RolloutFailed"), undefined],
    ["reverting 4/10", "reverting 4/10", status("reverting", "Reverted"), undefined],
    ["reverted 4/10", "reverted 4/10", status("reverted", "Reverted"), undefined],
    ["quarantined", "quarantined", status(undefined, "Quarantined"), undefined],
    ["stalled", "held up", status(undefined, "Breaker"), undefined],
    ["stalled 4/10", "held up", status("rolling", "CreateFailed"), undefined],
    ["paused 4/10", "paused 4/10", status("paused"), "paused"],
    ["paused 4/10", "under way", status(undefined), "paused"],
    ["paused", "as declared", status(undefined, undefined, true), "paused"],
    ["destroying", "under way", status(undefined), "destroying"],
  ])("is told as `%s`, on a live line as `%s`", (word, live, standing, steering) => {
    expect(progressOf({ steering, status: standing })).toBe(word);
    expect(liveWord(standing)).toBe(live);
  });
});

it("tells drift of a group that is only observed", () => {
  const drift = { name: "Converged", holds: false, reason: "Observed", message: "only observed: 1 to make" } as const;
  const standing: Status = { ...status(undefined), conditions: [drift] };
  expect(progressOf({ steering: undefined, status: standing })).toBe("observed");
  expect(liveWord(standing)).toBe("observed: drift");
});

it("tells a policy in the words of a declaration", () => {
  const rollout: RolloutPolicy = {
    maxUnavailable: 0,
    maxSurge: 2,
    minReadyMs: 10_000,
    initialDelayMs: 60_000,
    healthyDeadlineMs: 300_000,
    progressDeadlineMs: 600_000,
    canary: 1,
    bakeMs: null,
    onFailure: "revert",
    drainTimeoutMs: 0,
  };
  const repair = { breakerShare: 0.29, maxInFlight: 1, quarantineAfter: 3, createsPerHour: 150 };
  expect(policyRows({ rollout, repair })).toEqual([
    [
      "rollout",
      "maxUnavailable 0, maxSurge 2, minReady 10s, initialDelay 1m, healthyDeadline 5m, progressDeadline 10m, canary 1 (promoted by hand), onFailure revert, drainTimeout 0s",
    ],
    ["repair", "breaker 29%, maxInFlight 1, quarantineAfter 3, createsPerHour 150"],
  ]);
  const baked = policyRows({ rollout: { ...rollout, bakeMs: 90_000 }, repair });
  expect(baked[0]?.[1]).toContain("canary 1 (promoted after 1m30s)");
});
