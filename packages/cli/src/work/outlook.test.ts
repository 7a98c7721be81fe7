import type { GroupView } from "@muster/daemon";
import type { Condition, RolloutStatus, Status } from "@muster/model";
import { describe, expect, it } from "vitest";
import { endOf, HOPE_MS, outlookOf, SILENT_MS, spellOf } from "./outlook.ts";

interface Standing {
  readonly generation?: number;
  readonly converged?: string;
  readonly stalled?: string;
  readonly progressing?: boolean;
  readonly phase?: RolloutStatus["phase"];
  readonly steering?: GroupView["steering"];
  readonly ready?: number;
}

function view({
  generation = 2,
  converged,
  stalled,
  progressing = false,
  phase,
  steering,
  ready = 1,
}: Standing): GroupView {
  const say = (name: Condition["name"], holds: boolean, reason: string): Condition => ({
    ...{ name, holds, reason, message: `it is ${reason}` },
  });
  const status: Status = {
    ...{ generation, observedGeneration: generation, lookedAt: 1, desired: 3, ready, revision: "r" },
    rollout: phase === undefined ? null : { phase, arrived: 1, of: 3 },
    conditions: [
      say("Converged", converged === "AsDeclared", converged ?? stalled ?? "InProgress"),
      say("Progressing", progressing, progressing ? "Acting" : "Idle"),
      say("Stalled", stalled !== undefined, stalled ?? "NotStalled"),
    ],
  };
  return { stack: "shop", name: "web", type: "thing", flavor: "vanilla", size: 3, mode: "enforce", steering, status };
}

/** What is expected of a group that was declared in generation 2. */
function outlook(standing: Standing): string {
  const expected = outlookOf(view(standing), 2);
  return "error" in expected ? `${expected.kind}: ${expected.error.code}` : expected.kind;
}

describe("what is expected of a group", () => {
  it.each<[string, Standing, string]>([
    ["it is as declared", { converged: "AsDeclared" }, "done"],
    ["it is as declared before", { converged: "AsDeclared", generation: 1 }, "under-way"],
    ["a canary waits for somebody", { converged: "CanaryWaits", phase: "canary" }, "done"],
    ["a canary waits, and another has still to go", { converged: "CanaryWaits", progressing: true }, "under-way"],
    ["a canary of the declaration before waits", { converged: "CanaryWaits", generation: 1 }, "under-way"],
    ["a canary bakes", { converged: "CanaryBakes", phase: "canary" }, "bakes"],
    ["it is only observed", { converged: "Observed" }, "done"],
    ["it is paused", { steering: "paused" }, "done"],
    ["it is being destroyed", { steering: "destroying" }, "over: group.destroying"],
    ["it is rolling", { phase: "rolling" }, "under-way"],
    ["its rollout is held", { stalled: "RolloutFailed", phase: "failed" }, "held: rollout.failed"],
    ["its rollout goes back", { stalled: "Reverted", phase: "reverting" }, "under-way"],
    ["the way back is blocked", { stalled: "CreateFailed", phase: "reverting" }, "held: group.not-converged"],
    ["its rollout went back", { stalled: "Reverted", phase: "reverted" }, "over: rollout.reverted"],
    ["nobody can look", { stalled: "look.denied" }, "held: look.failed"],
    ["something else holds it up", { stalled: "Breaker" }, "held: group.not-converged"],
  ])("where %s", (_, standing, expected) => {
    expect(outlook(standing)).toBe(expected);
  });
});

describe("for how long it stands so", () => {
  const spell = (before: ReturnType<typeof spellOf> | undefined, standing: Standing, now: number) =>
    spellOf(before, view(standing), outlookOf(view(standing), 2), now);

  it("is counted anew whenever anything of it moves", () => {
    const first = spell(undefined, { phase: "rolling" }, 10);
    expect(spell(first, { phase: "rolling" }, 20)).toEqual(first);
    expect(spell(first, { phase: "rolling", ready: 2 }, 30)).toMatchObject({ since: 30 });
  });

  it("is held up since the first time, until it is not held up any more", () => {
    const first = spell(undefined, { stalled: "Breaker" }, 10);
    const moved = spell(first, { stalled: "Breaker", ready: 2 }, 20);
    expect(moved).toMatchObject({ since: 20, heldSince: 10 });
    expect(spell(moved, { phase: "rolling" }, 30)).not.toHaveProperty("heldSince");
  });
});

describe("how long it is waited for", () => {
  /** Given up when it has stood so for so long? */
  function end(standing: Standing, stoodMs: number): string | undefined {
    const seen = view(standing);
    const expected = outlookOf(seen, 2);
    return endOf(seen, expected, spellOf(undefined, seen, expected, 0), stoodMs, SILENT_MS)?.code;
  }

  it("is a moment, where it is held up", () => {
    const held = { stalled: "RolloutFailed", phase: "failed" } as const;
    expect([end(held, HOPE_MS), end(held, HOPE_MS + 1)]).toEqual([undefined, "rollout.failed"]);
  });

  it("is no time at all, where nothing more will come", () => {
    expect(end({ stalled: "Reverted", phase: "reverted" }, 0)).toBe("rollout.reverted");
  });

  it("is not for ever, where nothing moves", () => {
    const still = { phase: "rolling" } as const;
    expect([end(still, SILENT_MS), end(still, SILENT_MS + 1)]).toEqual([undefined, "group.not-converged"]);
  });

  it("is as long as a canary bakes", () => {
    expect(end({ converged: "CanaryBakes", phase: "canary" }, SILENT_MS * 1000)).toBeUndefined();
  });
});
