import { describe, expect, it } from "vitest";
import { sourceOfValue } from "./given.ts";
import { failuresOf } from "./testing.ts";

describe("a declaration that was made in this process", () => {
  it("is plain data, without what is undefined", () => {
    const { data, locate } = sourceOfValue({ stack: "shop", owner: undefined, groups: {} }, "the stack");
    expect(data).toEqual({ stack: "shop", groups: {} });
    expect(locate(["groups", "web"], "key")).toEqual({ file: "the stack", path: "groups.web" });
  });

  it("is refused where it is anything else", async () => {
    const refused = (value: unknown) => failuresOf(() => sourceOfValue(value, "the stack"));
    expect(await refused(() => 1)).toEqual(["declaration.no-data the stack"]);
    expect(await refused({ stack: "shop", groups: { web: { size: Number.NaN } } })).toEqual([
      "declaration.no-data the stack (groups.web.size)",
    ]);
  });
});
