import { describe, expect, it } from "vitest";
import { changesOf } from "./changes.ts";

describe("what an event changed", () => {
  it("is a line for each value that is another", () => {
    const before = { size: 3, template: { file: { content: "a", mode: "0644" } } };
    const after = { size: 4, template: { file: { content: "b", mode: "0644" } } };
    expect(changesOf({ before, after })).toEqual(["size  3 → 4", "template.file.content  a → b"]);
  });

  it("has one side where a value came or went, and none where nothing is known", () => {
    expect(changesOf({ before: { a: 1, b: 2 }, after: { b: 2, c: 3 } })).toEqual(["a  1 → nothing", "c  → 3"]);
    expect(changesOf({ after: { revision: "r1" } })).toEqual(["revision  → r1"]);
    expect(changesOf({})).toEqual([]);
  });

  it("tells values that have no parts", () => {
    expect(changesOf({ before: "healthy", after: "unhealthy" })).toEqual(["healthy → unhealthy"]);
    expect(changesOf({ before: { list: [1, 2] }, after: { list: [1] } })).toEqual(["list  [1,2] → [1]"]);
    expect(changesOf({ before: null, after: { a: {}, b: "" } })).toEqual(["null → nothing", "a  → {}", 'b  → ""']);
  });

  it("is short, and does not command the terminal", () => {
    const long = changesOf({ after: { note: `\x1b[2J${"x".repeat(100)}` } });
    expect(long).toEqual([`note  → \ufffd[2J${"x".repeat(55)}…`]);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
    expect(changesOf({ after: many })).toHaveLength(12);
    expect(changesOf({ after: many }).at(-1)).toBe("and 89 more (--output json has all)");
  });
});

it("shows what differs between texts that look alike", () => {
  expect(changesOf({ before: { a: "x" }, after: { a: "x " } })).toEqual(['a  "x" → "x "']);
  expect(changesOf({ before: { a: "x\ty" }, after: { a: "x y" } })).toEqual([String.raw`a  "x\ty" → "x y"`]);
});
