import { describe, expect, it } from "vitest";
import { durationIn, pastTimeOf, timeOf } from "./times.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");
const DAY = 86_400_000;

describe("a time as it is typed", () => {
  it.each([
    ["30s", NOW - 30_000],
    ["90m", NOW - 5_400_000],
    ["2h", NOW - 7_200_000],
    ["7d", NOW - 7 * DAY],
    ["2026-01-31T14:00Z", Date.UTC(2026, 0, 31, 14)],
    ["2026-01-31T14:00:05.250Z", Date.UTC(2026, 0, 31, 14, 0, 5, 250)],
    ["2026-01-31T14:00+02:00", Date.UTC(2026, 0, 31, 12)],
    ["2026-01-31T14:00", new Date(2026, 0, 31, 14).getTime()],
    ["2026-01-31 14:03:59", new Date(2026, 0, 31, 14, 3, 59).getTime()],
    ["2026-01-31", new Date(2026, 0, 31).getTime()],
    ["2028-02-29", new Date(2028, 1, 29).getTime()],
    ["999999d", 0],
  ])("is understood: %s", (text, at) => {
    expect(timeOf("--since", text, NOW)).toBe(at);
  });

  it.each([
    "",
    "yesterday",
    "5",
    "-5m",
    "5w",
    "1.5h",
    "2026",
    "2026-13-01",
    "2026-02-30",
    "2026-01-31T25:00",
    "Jan 5 2026",
    "0x10",
  ])("is refused: %j", (text) => {
    expect(() => timeOf("--since", text, NOW)).toThrow(
      expect.objectContaining({ code: "usage.bad-value", message: `--since: \`${text}\` is no time` }),
    );
  });

  it("is refused where it is still to come and should not be", () => {
    expect(pastTimeOf("--at", "2026-06-15T12:00Z", NOW)).toBe(NOW);
    expect(() => pastTimeOf("--at", "2026-06-15T12:01Z", NOW)).toThrow("--at: `2026-06-15T12:01Z` is still to come");
  });
});

describe("a duration as it is typed", () => {
  it("is a whole number with a unit, or several", () => {
    expect(["0s", "5s", "3m", "90d", "1d12h"].map((text) => durationIn("--keep", text))).toEqual([
      ...[0, 5000, 180_000, 90 * DAY, 1.5 * DAY],
    ]);
    expect(() => durationIn("--keep", "90")).toThrow("--keep: `90` is no duration");
  });
});
