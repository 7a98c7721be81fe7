import { describe, expect, it } from "vitest";
import { TOOLS } from "./contract.ts";
import { isTool, whyNotTold } from "./tools.ts";

const NAMED = ["snapshot", "restore"] as const;
const SILENT = TOOLS.filter((tool) => !["link", ...NAMED].includes(tool));

describe("a tool", () => {
  it.each(SILENT)("that takes no argument is told none: %s", (tool) => {
    expect(whyNotTold({ tool })).toBeUndefined();
    for (const argument of ["", "up", "x"]) expect(whyNotTold({ tool, argument })).toBe(`${tool} takes no argument`);
  });

  it("that puts the cable in or out takes one of the two", () => {
    expect(whyNotTold({ tool: "link", argument: "up" })).toBeUndefined();
    expect(whyNotTold({ tool: "link", argument: "down" })).toBeUndefined();
    for (const argument of ["", "UP", "up ", "sideways"]) {
      expect(whyNotTold({ tool: "link", argument })).toBe("link takes `up` or `down`");
    }
    expect(whyNotTold({ tool: "link" })).toBe("link takes `up` or `down`");
  });

  it.each(NAMED)("that keeps and takes back has a name: %s", (tool) => {
    for (const argument of ["a", "before-1.2_x", "_", "9", "x".repeat(64)]) {
      expect([argument, whyNotTold({ tool, argument })]).toEqual([argument, undefined]);
    }
    for (const argument of ["", ".", "..", ".a", "-a", "a/b", "a b", "a\n", "ä", "a\0", "x".repeat(65)]) {
      expect([argument, whyNotTold({ tool, argument })]).toEqual([argument, expect.stringContaining("takes a name")]);
    }
    expect(whyNotTold({ tool })).toContain("takes a name");
  });

  it("is known by its word", () => {
    expect(TOOLS.every(isTool)).toBe(true);
    for (const word of ["", "Pause", "reboot", "constructor"]) expect(isTool(word)).toBe(false);
  });
});
