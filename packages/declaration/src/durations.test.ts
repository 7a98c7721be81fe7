import { durationOf, type Json } from "@muster/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDuration } from "./durations.ts";
import { gatherProblems } from "./problems.ts";
import { placeOf } from "./source.ts";
import { wordsOf } from "./testing.ts";

/** What a person reads when this is no `minReady`. */
const words = (value: Json, leastMs: 0 | 1 = 0) =>
  wordsOf(() => {
    const problems = gatherProblems((path) => placeOf(path));
    const ms = readDuration(value, leastMs, ["minReady"], problems);
    problems.throwIfAny();
    expect(ms).toBeTypeOf("number");
  });

describe("a duration", () => {
  it("is either read as digits with units have it, or refused with its reason", async () => {
    const piece = fc.oneof(fc.nat({ max: 99 }).map(String), fc.constantFrom("h", "m", "s", "ms", "d", " ", "-", "."));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
        const text = pieces.join("");
        const ms = durationOf(text);
        const isDuration = /^(\d+(d|h|ms|m|s))+$/.test(text);
        if (ms !== undefined) expect(isDuration).toBe(true);
        else expect(await words(text)).toMatch(/^`minReady` cannot be .*: it .* Write .*`\.$/);
      }),
    );
  });
});

describe("what is no duration", () => {
  it.each([
    [10, "the number 10: it has no unit Write `10s` or `10m`."],
    ["10", 'the text "10": it has no unit Write `10s` or `10m`.'],
    [0, "the number 0: it has no unit Write `0s` or `0m`."],
    ["-10s", 'the text "-10s": it is negative'],
    [-1, "the number -1: it is negative"],
    [1.5, "the number 1.5: it has no unit"],
    ["1.5h", 'the text "1.5h": it has a fraction Write `1h30m`.'],
    ["10 s", "it is not a number with a unit Write `10s`."],
    ["10S", "it is not a number with a unit Write `10s`."],
    ["5 min", "it is not a number with a unit Write `5m`."],
    ["2 d", "it is not a number with a unit Write `2d`."],
    ["30s1m", "it is not a number with a unit Write `1m30s`."],
    ["1m1m", "it is not a number with a unit Write `2m`."],
    ["soon", "it is not a number with a unit Write whole numbers with units, the largest first"],
    ["", "it is not a number with a unit"],
    ["721h", "that is longer than 30 days Write `30d` at most."],
    [`${"9".repeat(400)}h`, "that is longer than 30 days"],
  ])("%j is refused, with the fix", async (value, said) => {
    expect(await words(value)).toContain(said);
  });

  it("is refused where it is nothing, and has to be something", async () => {
    expect(await words("0s")).toBe("");
    expect(await words("0s", 1)).toContain("it must be longer than nothing");
  });

  it.each([[null], [true], [["10s"]], [{ seconds: 10 }]])("%j is of another kind", async (value) => {
    expect(await words(value)).toContain("must be a duration such as `10s` or `5m`, and is");
  });
});
