import { conditionOf, isConverged } from "@muster/model";
import { expect, it } from "vitest";
import { driven, group, LOCAL, member, rollout } from "./scene.test-support.ts";

it("does not say converged while a member that could not be destroyed is there", () => {
  const named = group({
    slots: { kind: "named", names: ["a", "b"] },
    rollout: rollout({ maxUnavailable: 1, maxSurge: 1 }),
  });
  const web = driven(named, LOCAL);
  const [old, other] = [member("old", { slot: "b", revision: "r0" }), member("a")];
  const [destroy] = web.pass(0, [old, other]).actions;
  const outcomes = [{ intent: destroy?.intent ?? "", kind: "failed", reason: "busy", at: 1 } as const];
  const { status } = web.pass(2, [old, other], { outcomes });
  expect(isConverged(status)).toBe(false);
  expect(conditionOf(status, "Stalled")).toMatchObject({ holds: true, reason: "DestroyFailed" });
});
