import { describe, expect, it } from "vitest";
import { plainlyKnown, wantedOf } from "./resource-properties.ts";

describe("what a resource must be", () => {
  it("has its name in the property that names the thing, unless that was written", () => {
    const resource = { name: "/etc/motd", properties: { content: "hello" } };
    expect(wantedOf(resource, { naming: "path" })).toEqual({ path: "/etc/motd", content: "hello" });
    expect(wantedOf({ ...resource, properties: { path: "/a" } }, { naming: "path" })).toEqual({ path: "/a" });
    expect(wantedOf({ ...resource, properties: { path: null } }, { naming: "path" })).toEqual({ path: null });
    expect(wantedOf({ name: "x", properties: {} }, { naming: "constructor" })).toEqual({ constructor: "x" });
    expect(wantedOf(resource, {})).toEqual({ content: "hello" });
  });

  it("is known without secrets, and without what another thing's value is the whole of", () => {
    const properties = {
      ...{ text: "a ${cow.b.name} c", size: 3, none: null, escaped: "$${cow.b.name}", self: "${self.slot}" },
      ...{ whole: "${cow.b.name}", nested: { deep: ["x ${cow.b.name}"] }, token: { secret: { env: "TOKEN" } } },
    };
    const { whole: _, nested: __, token: ___, ...known } = properties;
    expect(plainlyKnown(properties)).toEqual(known);
    expect(plainlyKnown(known)).toBe(known);
  });
});
