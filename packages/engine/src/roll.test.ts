import { conditionOf } from "@muster/model";
import { expect, it } from "vitest";
import { driven, group, LOCAL, member, rollout } from "./scene.test-support.ts";

const unknown = { kind: "unknown", reason: "no answer" } as const;

it("leaves an outdated member of unknown health where too few others are known to be well, and says so", () => {
  const declared = group({ revision: "r2", rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }) });
  const old = [member("0"), member("1"), member("2")];
  const held = driven(declared, LOCAL).pass(0, old, { verdicts: { "0": unknown, "1": unknown } });
  expect(held.actions).toEqual([]);
  const progressing = conditionOf(held.status, "Progressing");
  expect(progressing).toMatchObject({ holds: true, message: expect.stringContaining("0 must stay") });
  const enough = driven(declared, LOCAL).pass(0, old, { verdicts: { "0": unknown } });
  expect(enough.actions).toMatchObject([{ kind: "destroy", instance: "0", why: "outdated" }]);
});
