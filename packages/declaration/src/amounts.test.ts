import { type Json, MAX_SIZE } from "@muster/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAmount, readCount, readShare } from "./amounts.ts";
import { gatherProblems, type Problems } from "./problems.ts";
import { type Path, placeOf } from "./source.ts";
import { wordsOf } from "./testing.ts";

type Read = (value: Json, path: Path, problems: Problems) => unknown;

function reading(value: Json, read: Read): unknown {
  const problems = gatherProblems((path) => placeOf(path));
  const found = read(value, ["key"], problems);
  problems.throwIfAny();
  return found;
}
const words = (value: Json, read: Read) => wordsOf(() => reading(value, read));

describe("an amount", () => {
  it("is a whole number of members, or a whole share of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_SIZE }), fc.integer({ min: 0, max: 100 }), (count, percent) => {
        expect(reading(count, readAmount)).toEqual({ kind: "count", count });
        expect(reading(`${percent}%`, readAmount)).toEqual({ kind: "percent", percent });
      }),
    );
  });

  it("is nothing else: every other number and text is refused with a fix", async () => {
    const other = fc.oneof(
      fc.integer({ min: -1_000_000, max: -1 }),
      fc.integer({ min: MAX_SIZE + 1 }),
      fc.double({ min: 0.01, max: 100, noInteger: true }),
      fc.integer({ min: 101 }).map((percent) => `${percent}%`),
      fc.string().filter((text) => !/^\d+%$/.test(text)),
    );
    await fc.assert(
      fc.asyncProperty(other, async (value) => {
        expect(await words(value, readAmount)).toMatch(/^`key` cannot be .*: .* Write .*\.$/s);
      }),
    );
  });

  it.each([
    ["150%", "a share is 100% at most Write `100%`, or less."],
    ["25 %", "a share has no space in it Write `25%`."],
    ["3", "it has quotes and no `%` Write `3` without quotes, or `3%`."],
    ["12.5%", "it is neither a whole number nor a whole share Write a whole number, or a share such as `25%`."],
    [0.25, "it is not whole Write `25%`, or a whole number from 0 to 100000."],
    [1.5, "it is not whole Write a whole number from 0 to 100000."],
    [-1, "it is out of bounds Write a whole number from 0 to 100000."],
  ])("cannot be %j, and the fix is told", async (value, said) => {
    expect(await words(value, readAmount)).toContain(said);
  });

  it.each([[null], [true], [[1]]])("%j is of another kind", async (value) => {
    expect(await words(value, readAmount)).toContain("must be a whole number, or a share such as `25%`, and is");
  });
});

describe("a share", () => {
  it("is a whole one from 1 to 100 %", () => {
    expect(reading("1%", readShare)).toBe(1);
    expect(reading("100%", readShare)).toBe(100);
  });

  it.each([
    [40, "the number 40: it has no `%` Write `40%`."],
    [0.4, "the number 0.4: it has no `%` Write `40%`."],
    [400, "it has no `%` Write a share such as `40%`."],
    ["0%", "it must be more than nothing"],
    ["101%", "a share is 100% at most"],
    ["40", "it is not a whole share Write a share such as `40%`."],
    ["-5%", "it is not a whole share"],
    [null, "must be a share such as `40%`, and is nothing"],
  ])("cannot be %j, and the fix is told", async (value, said) => {
    expect(await words(value, readShare)).toContain(said);
  });
});

describe("a count", () => {
  const readFew: Read = (value, path, problems) => readCount(value, { least: 1, most: 9 }, path, problems);

  it("is a whole number within its bounds", async () => {
    expect([reading(1, readFew), reading(9, readFew)]).toEqual([1, 9]);
    expect(await words(0, readFew)).toContain("it is out of bounds Write a whole number from 1 to 9.");
    expect(await words(10, readFew)).toContain("it is out of bounds");
    expect(await words(1.5, readFew)).toContain("it is not whole");
    expect(await words("10%", readFew)).toContain('must be a whole number, and is the text "10%"');
  });
});
