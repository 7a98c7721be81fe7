import {
  type Document,
  type Effects,
  GROUPS_ONLY,
  type GroupDeclaration,
  type JsonObject,
  type Stack,
} from "@muster/model";
import type { Declaration } from "@muster/store";
import { describe, expect, it } from "vitest";
import { refusals } from "./refusals.ts";

function stack(properties: JsonObject, type = "vm"): Stack {
  const web: GroupDeclaration = {
    name: "web",
    slots: { kind: "numbered", size: 1 },
    template: { name: type, properties },
    flavor: { name: "vanilla", properties: {} },
    marking: { kind: "muster" },
    rollout: {},
    repair: {},
    checks: [],
  };
  return { name: "shop", mode: "enforce", providers: {}, ...GROUPS_ONLY, groups: { web } };
}

const VM: Effects<JsonObject> = { region: "impossible", size: "restart" };
const MUSTER: Document = { dialect: "muster", data: {} };
const INFRAKIT: Document = { dialect: "infrakit", data: {} };

function refused(was: Stack | undefined, now: Stack, document = MUSTER) {
  const declaration: Declaration | undefined = was && {
    ...{ stack: "shop", document: MUSTER, source: "shop.yaml", generation: 1, steering: {}, former: {} },
  };
  const before = { declaration, stack: was };
  const found = refusals(before, { document, source: "new.yaml" }, now, (type) => (type === "vm" ? VM : {}));
  return [...found].map(([name, { code, words }]) => [name, code, words["property"]]);
}

describe("a new declaration is refused", () => {
  it("where it changes what a type says can never be changed", () => {
    const was = stack({ region: "lon1", size: "s" });
    expect(refused(was, stack({ region: "ams1", size: "s" }))).toEqual([["web", "declaration.unchangeable", "region"]]);
    expect(refused(was, stack({ size: "s" }))).toEqual([["web", "declaration.unchangeable", "region"]]);
  });

  it("where the members of a group would not be known any more: of another type", () => {
    const now = stack({ region: "ams1" }, "unknown");
    expect(refused(stack({ region: "lon1" }), now)).toEqual([["web", "declaration.type-changed", undefined]]);
  });

  it("where they would not be known any more: in another dialect", () => {
    const code = "declaration.dialect-changed";
    expect(refused(stack({}), stack({ region: "ams1" }), INFRAKIT)).toEqual([["web", code, undefined]]);
    const empty: Stack = { ...stack({}), groups: {} };
    expect(refused(stack({}), empty, INFRAKIT)).toEqual([["shop", code, undefined]]);
  });
});

it("lets everything else be changed, and anything be declared for the first time", () => {
  const was = stack({ region: "lon1", size: "s" });
  expect(refused(was, stack({ region: "lon1", size: "l" }))).toEqual([]);
  expect(refused(undefined, was)).toEqual([]);
  expect(refused(undefined, was, INFRAKIT)).toEqual([]);
});
