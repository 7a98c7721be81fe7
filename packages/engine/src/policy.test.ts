import type { RolloutDeclaration, Slots } from "@muster/model";
import { describe, expect, it } from "vitest";
import { policyOf } from "./policy.ts";

const REMOTE = { local: false, exclusive: false };
const LOCAL = { local: true, exclusive: false };
const percent = (of: number) => ({ kind: "percent", percent: of }) as const;
const count = (of: number) => ({ kind: "count", count: of }) as const;

function budget(size: number, rollout: RolloutDeclaration, nature = REMOTE, slots?: Slots) {
  const group = { slots: slots ?? ({ kind: "numbered", size } as const), rollout, repair: {} };
  const { maxUnavailable, maxSurge } = policyOf(group, nature).rollout;
  return [maxUnavailable, maxSurge];
}

describe("how many may be away, and how many beyond the size", () => {
  it("is none and one where nothing is declared", () => {
    expect(budget(3, {})).toEqual([0, 1]);
  });

  it("rounds a share that may be away down, and one beyond up", () => {
    expect(budget(10, { maxUnavailable: percent(25), maxSurge: percent(25) })).toEqual([2, 3]);
  });

  it("is one away and none beyond where two cannot stand side by side", () => {
    expect(budget(3, {}, { ...LOCAL, exclusive: true })).toEqual([1, 0]);
    expect(budget(3, { maxUnavailable: count(2), maxSurge: count(5) }, { ...LOCAL, exclusive: true })).toEqual([2, 0]);
    expect(budget(0, {}, REMOTE, { kind: "named", names: ["a", "b"] })).toEqual([1, 0]);
  });

  it("needs none beyond where some may be away", () => {
    expect(budget(10, { maxUnavailable: count(2) })).toEqual([2, 0]);
  });

  it("is never none of both: a share that rounds to nothing would never change anything", () => {
    expect(budget(3, { maxUnavailable: percent(10) })).toEqual([0, 1]);
    expect(budget(3, { maxUnavailable: percent(10), maxSurge: count(0) })).toEqual([1, 0]);
    expect(budget(3, { maxSurge: percent(0) })).toEqual([1, 0]);
  });
});

describe("what is not declared", () => {
  const of = (nature: typeof LOCAL) =>
    policyOf({ slots: { kind: "numbered", size: 3 }, rollout: {}, repair: {} }, nature);

  it("waits for a remote type as the best do", () => {
    expect(of(REMOTE).rollout).toEqual({
      ...{ maxUnavailable: 0, maxSurge: 1, minReadyMs: 10_000, initialDelayMs: 60_000, healthyDeadlineMs: 300_000 },
      ...{ progressDeadlineMs: 600_000, canary: 0, bakeMs: null, onFailure: "pause", drainTimeoutMs: 300_000 },
    });
  });

  it("waits for nothing where looks are cheap: a person must see it heal at once", () => {
    expect(of(LOCAL).rollout).toMatchObject({ minReadyMs: 0, initialDelayMs: 0, healthyDeadlineMs: 300_000 });
  });

  it("repairs one at a time, stops at 40 %, and never makes more in an hour than ten times everybody and some", () => {
    expect(of(LOCAL).repair).toEqual({ breakerShare: 0.4, maxInFlight: 1, quarantineAfter: 3, createsPerHour: 230 });
  });
});
