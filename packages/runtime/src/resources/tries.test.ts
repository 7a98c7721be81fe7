import { describe, expect, it } from "vitest";
import { leapingClock } from "../test/clock.ts";
import { openTries } from "./tries.ts";
import { type End, ended } from "./visited.ts";

function begin() {
  const clock = leapingClock();
  const tries = openTries(clock);
  const went = (end: End) => tries.count("note.a", ended("note.a", end));
  return { clock, tries, went };
}

const failed: End = { kind: "failed", message: "no" };

describe("what has failed", () => {
  it("rests for longer each time, up to ten minutes and a quarter", async () => {
    const { clock, tries, went } = begin();
    const rests: number[] = [];
    for (let time = 0; time < 14; time++) {
      went(failed);
      const next = tries.nextOf([]) ?? 0;
      rests.push(next - clock.now());
      await clock.advance(next - clock.now() - 1);
      expect(tries.restingBecause("note.a")).toBe("no");
      await clock.advance(1);
      expect(tries.restingBecause("note.a")).toBeUndefined();
    }
    expect(rests[0]).toBeGreaterThanOrEqual(1_000);
    expect(rests[1]).toBeGreaterThanOrEqual(2_000);
    expect(rests.at(-1)).toBeLessThanOrEqual(750_000);
    expect(rests.at(-1)).toBeGreaterThanOrEqual(600_000);
  });

  it("is not counted where it was not tried, and is forgotten when it is as declared, or somebody asks", () => {
    const { tries, went } = begin();
    went(failed);
    const next = tries.nextOf([]);
    went({ ...failed, untried: true });
    expect(tries.nextOf([])).toBe(next);
    went({ kind: "kept" });
    expect(tries.nextOf([])).toBeUndefined();
    went(failed);
    tries.forget();
    expect(tries.restingBecause("note.a")).toBeUndefined();
  });

  it("rests no longer where the clock is set back", () => {
    const { clock, tries, went } = begin();
    went(failed);
    clock.leap(-60_000);
    expect(tries.restingBecause("note.a")).toBeUndefined();
  });
});

describe("what is done again and again", () => {
  it("rests from the second time on", () => {
    const { tries, went } = begin();
    went({ kind: "done" });
    expect(tries.restingBecause("note.a")).toBeUndefined();
    went({ kind: "done" });
    expect(tries.restingBecause("note.a")).toBe("it differs again, right after it was changed");
    went({ kind: "kept" });
    went({ kind: "done" });
    expect(tries.restingBecause("note.a")).toBeUndefined();
  });
});

describe("who waits", () => {
  it("looks again soon, and less often after a while; not at all where he is told", async () => {
    const { clock, tries, went } = begin();
    const waiting: End = { kind: "waiting", message: "not yet" };
    const rests: number[] = [];
    for (let time = 0; time < 8; time++) {
      went(waiting);
      const next = tries.nextOf([ended("note.a", waiting)]) ?? 0;
      rests.push(next - clock.now());
      await clock.advance(next - clock.now());
    }
    expect(rests[0]).toBeLessThanOrEqual(1_250);
    expect(rests.at(-1)).toBe(30_000);
    expect(tries.nextOf([ended("note.a", { ...waiting, until: 7 })])).toBe(7);
    expect(tries.nextOf([ended("note.a", { ...waiting, until: Number.POSITIVE_INFINITY })])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("has waited long after five minutes without end", async () => {
    const { clock, tries, went } = begin();
    went({ kind: "waiting", message: "" });
    await clock.advance(299_999);
    went({ kind: "waiting", message: "" });
    expect(tries.hasWaitedLong("note.a")).toBe(false);
    await clock.advance(1);
    expect(tries.hasWaitedLong("note.a")).toBe(true);
    went({ kind: "kept" });
    expect(tries.hasWaitedLong("note.a")).toBe(false);
  });
});

describe("what could not be looked at", () => {
  it("is looked at again soon, less often each time", () => {
    const { tries } = begin();
    const blind = [ended("note.a", { kind: "untold", reason: "look.unknown", message: "no" })];
    const [first = 0, second = 0] = [tries.nextOf(blind), tries.nextOf(blind)];
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(second).toBeGreaterThanOrEqual(2_000);
    expect(tries.nextOf([])).toBeUndefined();
    expect(tries.nextOf(blind)).toBe(first);
  });
});
