import { expect, it } from "vitest";
import { durationText, momentText } from "./duration.ts";

it("tells a duration in as few units as it takes", () => {
  expect([0, 1, 1500, 90_000, 3_600_000].map(durationText)).toEqual(["0s", "1ms", "1s500ms", "1m30s", "1h"]);
});

it("tells a moment to the second", () => {
  expect(momentText(Date.UTC(2026, 0, 31, 14, 3, 59, 999))).toBe("2026-01-31T14:03:59Z");
});
