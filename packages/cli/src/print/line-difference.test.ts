import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineDifference } from "./line-difference.ts";

describe("what differs between two texts", () => {
  it("is told line by line, with a little of what is around it", () => {
    const before = "a\nb\nc\nd\ne\nf\ng\nh\n";
    expect(lineDifference(before, before.replace("d\n", "D\nDD\n"))).toEqual([
      "…",
      "  b",
      "  c",
      "- d",
      "+ D",
      "+ DD",
      "  e",
      "  f",
      "…",
    ]);
    expect(lineDifference("a\nb\n", "a\nb")).toEqual(["  a", "- b", "+ b (no line break at the end)"]);
    expect(lineDifference("", "a\n")).toEqual(["+ a"]);
    expect(lineDifference("a\n", "a\n")).toEqual(["…"]);
  });

  it("leaves nothing out: what is not gone and what has come is the new text", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
      .map((lines) => lines.map((l) => `${l}\n`).join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDifference(before, after);
        const come = lines.filter((line) => line.startsWith("+")).length;
        const gone = lines.filter((line) => line.startsWith("-")).length;
        const count = (whole: string) => whole.split("\n").length;
        expect(count(before) - gone + come).toBe(count(after));
        expect(gone + come === 0).toBe(before === after);
      }),
    );
  });

  it("is told also of long texts, soon", () => {
    const long = readFileSync(import.meta.filename, "utf8").repeat(2_000);
    const lines = lineDifference(`${long}x\n${long}`, `${long}y\n${long}`);
    expect(lines.filter((line) => /^[-+]/.test(line))).toEqual(["- x", "+ y"]);
  });
});
