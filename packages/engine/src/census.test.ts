import { describe, expect, it } from "vitest";
import { takeCensus } from "./census.ts";
import type { Young } from "./memory.ts";
import { group, look, member, rollout } from "./scene.test-support.ts";
import { fail } from "./world.test-support.ts";

const NOW = 10_000_000;
const HOUR = 3_600_000;

/** How a member that fails does, where it says that it came to be then. */
function failingSince(since: number, young: Record<string, Young> = {}) {
  const declared = group({ rollout: rollout({ initialDelayMs: 60_000 }) });
  const seen = look([member("0", { since })], NOW, { 0: fail });
  const settled = { open: [], fresh: new Map() };
  const { living, graceEnds } = takeCensus({
    declared,
    look: seen,
    settled,
    memory: { young, replacing: [], aside: [], doomed: [] },
    now: NOW,
  });
  return { health: living[0]?.health, graceEnds };
}

function madeAt(since: number): Record<string, Young> {
  return { 0: { kind: "made", since, readyAt: null, failed: false } };
}

describe("a member that fails while it may still be starting", () => {
  it("is waited for, as long as it is young", () => {
    expect(failingSince(NOW - 59_999)).toEqual({ health: "waiting", graceEnds: NOW + 1 });
    expect(failingSince(NOW - 60_000)).toEqual({ health: "failing", graceEnds: undefined });
  });

  it("is judged by when it was first seen, where its provider's clock is ahead", () => {
    for (const since of [NOW + 1, NOW + HOUR, 1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(failingSince(since, madeAt(NOW - 1_000))).toEqual({ health: "waiting", graceEnds: NOW + 59_000 });
      expect(failingSince(since, madeAt(NOW - 60_000))).toEqual({ health: "failing", graceEnds: undefined });
    }
  });

  it("has no time to start that nobody can tell the end of", () => {
    for (const since of [NOW + HOUR, 1e300, -1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(failingSince(since)).toEqual({ health: "failing", graceEnds: undefined });
    }
  });
});
