import { PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import type { Seen } from "./look.ts";
import { emptyMemory, type Memory, recall } from "./memory.ts";
import { group, rollout } from "./scene.test-support.ts";
import type { Action } from "./step.ts";
import { absent, timely } from "./timely.ts";
import { changed, phaseOf, unknown, world } from "./world.test-support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const NOW = 1_000_000;
/** Ten minutes and a quarter. */
const LONGEST_WAIT = 750_000;

/** A memory in which something of every kind is going on, and everything happened at this time. */
function busy(at: number): Memory {
  const call = { slot: "0", revision: "r1", cause: "corrective", why: "missing", at, attempt: 30 } as const;
  return {
    ...emptyMemory(),
    calls: [
      { ...call, intent: "a", kind: "create", instance: null, state: { kind: "called" } },
      { ...call, intent: "b", kind: "create", instance: "b", state: { kind: "done", at } },
      {
        ...{ ...call, intent: "c", kind: "create", instance: null },
        state: { kind: "unknown", at, reason: "", interrupted: false },
      },
      { ...call, intent: "d", kind: "destroy", instance: "d", state: { kind: "failed", retryAt: at, reason: "" } },
    ],
    young: { m1: { kind: "made", since: at, readyAt: at, failed: false } },
    rollout: {
      ...{ to: "r1", generation: 1, startedAt: at, changing: true, progressAt: at, left: 1, arrived: 0, failed: [] },
      ...{ promoted: false, canariesAt: at, failure: { kind: "progress", at, reason: "" } },
    },
    quarantine: { revision: "r1", generation: 1, kept: "m1", since: at, againAt: at },
    creates: [{ since: at, last: at, count: 1 }],
    creating: { attempts: 30, until: at, reason: "" },
    repairing: { attempts: 30, until: at, reason: "" },
    vanishedAt: at,
  };
}

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe("times in memory", () => {
  it("lie no further ahead than anybody waits, whatever the clock said when they were written", () => {
    const mended = timely(busy(NOW + YEAR), NOW);
    expect(Math.max(...numbersIn(mended))).toBe(NOW + LONGEST_WAIT);
    const waits = numbersIn(mended).filter((at) => at > NOW);
    expect(waits).toEqual([NOW + LONGEST_WAIT, NOW + 600_000, NOW + LONGEST_WAIT, NOW + LONGEST_WAIT]);
  });

  it("are left as they are where they are in order, and memory keeps its identity", () => {
    for (const memory of [emptyMemory(), busy(NOW), busy(NOW - YEAR)]) expect(timely(memory, NOW)).toBe(memory);
  });

  it("are mended once", () => {
    const mended = timely(busy(NOW + YEAR), NOW);
    expect(timely(mended, NOW + 1)).toBe(mended);
  });
});

describe("a clock that was wrong", () => {
  it("by a year while a create was refused does not hold creating back for a year", () => {
    let refusing = true;
    const web = world(group(), { refuses: () => (refusing ? "no room" : undefined) });
    web.wait(YEAR);
    web.pass();
    web.pass();
    refusing = false;
    web.wait(-YEAR);
    const corrected = web.now();
    web.converge();
    expect(web.now() - corrected).toBeLessThan(MINUTE);
  });

  it("and went back an hour in mid-rollout lets the deadline pass when it should", () => {
    const isNew = (action: Action) => action.kind === "create" && action.revision === "r2";
    const web = changed(3, {}, { refuses: (action) => (isNew(action) ? "no room" : undefined) });
    web.pass();
    web.wait(-HOUR);
    const corrected = web.now();
    web.until(() => web.told().includes("rollout.failed"));
    expect(web.now() - corrected).toBeLessThan(20 * MINUTE);
  });

  it("and went back an hour still judges those on trial in time", () => {
    const health = ({ mark }: Seen) => (mark.revision === "r2" ? unknown : PASS);
    const web = changed(3, {}, { health });
    web.until(() => web.revisions().includes("r2"));
    web.pass();
    web.wait(-HOUR);
    const corrected = web.now();
    web.until((decided) => phaseOf(decided) === "failed");
    expect(web.now() - corrected).toBeLessThan(10 * MINUTE);
  });
});

describe("time in which nobody was there", () => {
  it("counts for no deadline: what sleeps for a day in mid-rollout is not reverted", () => {
    const web = changed(3, { rollout: rollout({ onFailure: "revert", minReadyMs: MINUTE }) });
    web.until(() => web.revisions().includes("r2"));
    web.pass();
    web.wait(24 * HOUR);
    web.remember(absent(web.memory(), 24 * HOUR, web.now()));
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2");
    expect(web.told()).not.toContain("rollout.failed");
  });

  it("does not count as time in which a member was healthy, nor as time in which canaries bake", () => {
    const before = busy(NOW);
    const after = absent(before, HOUR, NOW + HOUR + 5);
    expect(after.young["m1"]).toMatchObject({ since: NOW + HOUR, readyAt: NOW + HOUR });
    expect(after.rollout).toMatchObject({ progressAt: NOW + HOUR, canariesAt: NOW + HOUR });
  });

  it("changes nothing where there was none, and moves nothing beyond now", () => {
    const memory = busy(NOW);
    expect(absent(memory, 0, NOW)).toBe(memory);
    expect(timely(absent(memory, HOUR, NOW + 5), NOW + 5).young["m1"]?.since).toBe(NOW + 5);
  });

  it("gives those on trial their whole time again after a restart", () => {
    expect(recall(busy(NOW), NOW + HOUR).young["m1"]).toMatchObject({ since: NOW + HOUR, failed: false });
  });
});
