import type { Effects, GroupDeclaration, JsonObject, Stack } from "@muster/model";
import { expect, it } from "vitest";
import { unchangeable } from "./fixed.ts";

function stack(properties: JsonObject, type = "vm"): Stack {
  const web: GroupDeclaration = {
    name: "web",
    slots: { kind: "numbered", size: 1 },
    template: { name: type, properties },
    flavor: { name: "vanilla", properties: {} },
    marking: { kind: "muster" },
    rollout: {},
    repair: {},
  };
  return { name: "shop", mode: "enforce", providers: {}, groups: { web } };
}

const VM: Effects<JsonObject> = { region: "impossible", size: "restart" };

function refusals(was: Stack | undefined, now: Stack) {
  const refused = unchangeable(was, now, "shop.yaml", (type) => (type === "vm" ? VM : {}));
  return [...refused].map(([group, { code, words }]) => [group, code, words["property"]]);
}

it("refuses to change what a type says can never be changed", () => {
  const was = stack({ region: "lon1", size: "s" });
  expect(refusals(was, stack({ region: "ams1", size: "s" }))).toEqual([["web", "declaration.unchangeable", "region"]]);
  expect(refusals(was, stack({ size: "s" }))).toEqual([["web", "declaration.unchangeable", "region"]]);
});

it("lets everything else be changed, and be declared for the first time", () => {
  const was = stack({ region: "lon1", size: "s" });
  expect(refusals(was, stack({ region: "lon1", size: "l" }))).toEqual([]);
  expect(refusals(undefined, was)).toEqual([]);
  expect(refusals(was, stack({ region: "ams1" }, "unknown"))).toEqual([]);
});
