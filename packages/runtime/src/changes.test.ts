import { GROUPS_ONLY, type GroupDeclaration, type Stack } from "@muster/model";
import { expect, it } from "vitest";
import { changesOfGroup, changesOfStack } from "./changes.ts";

const group: GroupDeclaration = {
  name: "web",
  slots: { kind: "numbered", size: 2 },
  template: { name: "thing", properties: { colour: "red", port: 80 } },
  flavor: { name: "vanilla", properties: {} },
  marking: { kind: "muster" },
  rollout: { minReadyMs: 1000, maxSurge: { kind: "count", count: 1 } },
  repair: { breakerPercent: 40 },
  checks: [],
};

it.each<[string, Partial<GroupDeclaration>, readonly string[]]>([
  ["nothing", {}, []],
  ["the size", { slots: { kind: "numbered", size: 3 } }, ["size"]],
  ["names instead of a size", { slots: { kind: "named", names: ["a"] } }, ["size", "members"]],
  [
    "properties",
    { template: { name: "thing", properties: { colour: "blue", tag: "x" } } },
    ["template.colour", "template.port", "template.tag"],
  ],
  ["the type", { template: { name: "other", properties: group.template.properties } }, ["template"]],
  ["the flavor", { flavor: { name: "http", properties: { url: "x" } } }, ["flavor.vanilla", "flavor.http"]],
  [
    "the policy, in the words of a declaration",
    { rollout: { minReadyMs: 2000 }, repair: {} },
    ["rollout.minReady", "rollout.maxSurge", "repair.breaker"],
  ],
])("names the keys that say something else: %s", (_, changes, keys) => {
  expect(changesOfGroup(group, { ...group, ...changes })).toEqual(keys);
});

it("names what a stack says besides its groups", () => {
  const stack: Stack = { name: "shop", mode: "enforce", providers: {}, ...GROUPS_ONLY, groups: {} };
  const changed: Stack = { ...stack, mode: "observe", owner: "ann" };
  expect(changesOfStack(stack, changed)).toEqual(["mode", "owner"]);
  expect(changesOfStack(stack, { ...stack, groups: { web: group } })).toEqual([]);
  expect(changesOfStack(undefined, changed)).toEqual([]);
});
