import type { Verdict } from "@muster/model";
import { expect, it } from "vitest";
import { describeMembers } from "./describe.ts";
import { emptyMemory, type Memory } from "./memory.ts";
import { group, LOCAL, look, member, rollout } from "./scene.test-support.ts";

const declared = group({ rollout: rollout({ minReadyMs: 90_000, healthyDeadlineMs: 100_000 }) });
const bad: Verdict = { kind: "fail", reason: "it says bad" };
const young = { kind: "made", since: 0, readyAt: null, failed: false } as const;

function told(memory: Partial<Memory>, verdicts: Record<string, Verdict> = {}): readonly string[] {
  const seen = look([member("0")], 5, verdicts);
  const members = describeMembers({
    declared,
    traits: LOCAL,
    look: seen,
    memory: { ...emptyMemory(), ...memory },
    now: 200_000,
  });
  return members.map(({ state, reason }) => `${state}: ${reason ?? "-"}`);
}

it("says nothing of a member that is plainly ready, and why another is not", () => {
  expect(told({})).toEqual(["ready: -"]);
  expect(told({}, { "0": bad })).toEqual(["unhealthy: it says bad"]);
});

it("says what a member on trial waits for", () => {
  expect(told({ young: { "0": { ...young, readyAt: 150_000 } } })).toEqual([
    "starting: on trial: it counts when it has been healthy for 1m30s",
  ]);
});

it("says of one that nobody could tell about that it took too long", () => {
  const unknown: Verdict = { kind: "unknown", reason: "no answer" };
  expect(told({ young: { "0": { ...young, failed: true } } }, { "0": unknown })).toEqual([
    "starting: it did not come up in time: no answer",
  ]);
});

it("says which one is kept to be looked into", () => {
  const quarantine = { revision: "r1", generation: 1, kept: "0", since: 0, againAt: 0 };
  expect(told({ quarantine }, { "0": bad })).toEqual(["unhealthy: kept to be looked into: it says bad"]);
});
