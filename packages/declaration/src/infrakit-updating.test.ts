import { describe, expect, it } from "vitest";
import { failuresOf, read, wordsOf } from "./testing.ts";

/** A group that says on line 2 how it is updated; the value begins at column 13. */
const group = (updating: string) =>
  `{"ID": "cattle", "Properties": {
"Updating": ${updating},
"Allocation": {"Size": 3},
"Instance": {"Plugin": "file", "Properties": {}},
"Flavor": {"Plugin": "vanilla", "Properties": {}}}}`;

const rollout = (updating: string) => read(group(updating)).stack.groups["cattle"]?.rollout;
const failures = (updating: string) => failuresOf(() => read(group(updating)));

const oneByOne = {
  maxUnavailable: { kind: "count", count: 1 },
  maxSurge: { kind: "count", count: 0 },
  minReadyMs: 0,
  initialDelayMs: 0,
};

describe("an InfraKit group", () => {
  it.each(["null", "{}", '{"Duration": "0s", "Count": 0, "SkipBeforeInstanceDestroy": null}', '{"duration": 0}'])(
    "that is updated as %s changes one member at a time, the old one first, and waits for nothing",
    (updating) => {
      expect(rollout(updating)).toEqual(oneByOne);
    },
  );

  it.each([
    ['"10s"', 10_000],
    ['"1m30s"', 90_000],
    ['"1.5h"', 5_400_000],
    ['"+.5s"', 500],
    ['"30s1m"', 90_000],
    ['"1ns"', 1],
    ['"250µs"', 1],
  ])("with a Duration of %s has a new member healthy for so long, and deadlines that begin then", (text, ms) => {
    expect(rollout(`{"Duration": ${text}}`)).toEqual({
      ...oneByOne,
      minReadyMs: ms,
      healthyDeadlineMs: ms + 300_000,
      progressDeadlineMs: ms + 600_000,
    });
  });

  it("with a Count has a new member healthy for as many of InfraKit's polls, which are 10 s apart", () => {
    expect(rollout('{"Count": 3}')).toMatchObject({ minReadyMs: 30_000, healthyDeadlineMs: 330_000 });
  });

  it("that skips the drain gives no time for it", () => {
    expect(rollout('{"SkipBeforeInstanceDestroy": "drain"}')).toEqual({ ...oneByOne, drainTimeoutMs: 0 });
  });

  it.each([
    ['{"Duration": 10}', "bad-duration", 26, "Duration"],
    ['{"Duration": "10"}', "bad-duration", 26, "Duration"],
    ['{"Duration": "-10s"}', "bad-duration", 26, "Duration"],
    ['{"Duration": "1000h"}', "bad-duration", 26, "Duration"],
    ['{"Duration": "1..5s"}', "bad-duration", 26, "Duration"],
    ['{"Count": -1}', "bad-amount", 23, "Count"],
    ['{"Count": 1000000000}', "bad-amount", 23, "Count"],
    ['{"Count": "3"}', "wrong-kind", 23, "Count"],
    ['{"Duration": "1s", "Count": 1}', "policies-contradict", 41, "Count"],
    ['{"SkipBeforeInstanceDestroy": "stop"}', "wrong-kind", 43, "SkipBeforeInstanceDestroy"],
    ['{"Durration": "1s"}', "unknown-key", 14, "Durration"],
  ])("that is updated as %s is refused as a %s", async (updating, code, column, key) => {
    expect(await failures(updating)).toEqual([
      `declaration.${code} stack.yaml:2:${column} (Properties.Updating.${key})`,
    ]);
  });

  it("is told what to keep where Duration and Count say two things", async () => {
    expect(await wordsOf(() => read(group('{"Duration": "1s", "Count": 1}')))).toContain("Keep one of them");
  });
});
