import type { Action, GoodLook } from "@muster/engine";
import { expect, it } from "vitest";
import { isMeant } from "./meant.ts";

const common = { intent: "i2", slot: "cleo", cause: "intentional", why: "missing" } as const;
const create: Action = { ...common, kind: "create", version: "declared", revision: "r1" };
const destroy: Action = { ...common, kind: "destroy", instance: "m" };

function showing(...slots: readonly string[]): GoodLook {
  const members = slots.map((slot) => ({
    ...({ id: slot, tags: {}, phase: "running", properties: {}, since: 0 } as const),
    mark: { stack: "shop", owner: "web", slot, intent: "i1", revision: "r1" },
  }));
  return { kind: "seen", startedAt: 0, members, verdicts: new Map() };
}

it("means a create as long as nobody has turned up in its place, and the group is to be there", () => {
  expect(isMeant(create, { goal: "keep" }, undefined)).toBe(true);
  expect(isMeant(create, { goal: "pause" }, showing("ada"))).toBe(true);
  expect(isMeant(create, { goal: "keep" }, showing("ada", "cleo"))).toBe(false);
  expect(isMeant(create, { goal: "destroy" }, showing("ada"))).toBe(false);
});

it("means to take away who is there, and nothing of a group that is only observed", () => {
  expect(isMeant(destroy, { goal: "destroy" }, showing("cleo"))).toBe(true);
  expect(isMeant(destroy, { goal: "observe" }, showing("cleo"))).toBe(false);
});
