import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationOf, durationText, momentText } from "./duration.ts";

it("tells a duration in as few units as it takes", () => {
  expect([0, 1, 1500, 90_000, 3_600_000, 86_460_000].map(durationText)).toEqual([
    ...["0s", "1ms", "1s500ms", "1m30s", "1h", "1d1m"],
  ]);
});

describe("a duration", () => {
  it.each([
    ["0s", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["5m", 300_000],
    ["1m30s", 90_000],
    ["90s", 90_000],
    ["1h2m3s4ms", 3_723_004],
    ["2h5ms", 7_200_005],
    ["2d", 172_800_000],
  ])("%s is %i ms", (text, ms) => {
    expect(durationOf(text)).toBe(ms);
  });

  it.each(["", "10", "s", "1.5h", "-10s", "10 s", "10S", "30s1m", "1m1m", "1w"])("is not %j", (text) => {
    expect(durationOf(text)).toBeUndefined();
  });

  it("has a text that is read back as the same", () => {
    fc.assert(
      fc.property(fc.nat({ max: 90 * 86_400_000 }), (ms) => {
        expect(durationOf(durationText(ms))).toBe(ms);
      }),
    );
  });
});

it("tells a moment to the second", () => {
  expect(momentText(Date.UTC(2026, 0, 31, 14, 3, 59, 999))).toBe("2026-01-31T14:03:59Z");
});
