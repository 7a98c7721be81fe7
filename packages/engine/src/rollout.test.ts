import { conditionOf, isConverged, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { recall } from "./memory.ts";
import { group, POLICY, rollout } from "./scene.test-support.ts";
import {
  changed,
  crew,
  fail,
  former,
  phaseOf,
  stalledBy,
  unknown,
  type WorldOptions,
  world,
} from "./world.test-support.ts";

const sized = (size: number) => ({ kind: "numbered", size }) as const;

describe("a rollout", () => {
  it("goes batch by batch, new ones first, and is told from its beginning to its end", () => {
    const web = changed(4, { rollout: rollout({ maxSurge: 2 }) });
    const most: number[] = [];
    web.until(({ status }) => {
      most.push(web.members().length);
      return isConverged(status);
    });
    expect(web.revisions()).toBe("r2 r2 r2 r2");
    expect(Math.max(...most)).toBe(6);
    expect(Math.min(...most)).toBe(4);
    expect(web.told().filter((type) => type.startsWith("rollout."))).toEqual(["rollout.started", "rollout.finished"]);
  });

  it("goes batch by batch, old ones first, where some may be away", () => {
    const web = changed(4, { rollout: rollout({ maxUnavailable: 2, maxSurge: 0 }) });
    const sizes = new Set<number>();
    web.until(({ status }) => {
      sizes.add(web.members().length);
      return isConverged(status);
    });
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([2, 4]);
    expect(web.revisions()).toBe("r2 r2 r2 r2");
  });

  it("waits until the new ones have been healthy for minReady, batch by batch", () => {
    const web = changed(3, { rollout: rollout({ minReadyMs: 10_000 }) });
    const start = web.now();
    web.converge();
    expect(web.now() - start).toBeGreaterThanOrEqual(30_000);
  });

  it("goes on from where it was after a restart in its middle", () => {
    const web = changed(4);
    web.until(() => web.revisions().startsWith("r1 r1 r2"));
    const before = web.memory().rollout;
    web.remember(recall(web.memory(), web.now()));
    web.pass();
    expect(web.memory().rollout).toMatchObject({ to: before?.to, startedAt: before?.startedAt });
    web.converge();
    expect(web.creates()).toBe(4);
    expect(web.told().filter((type) => type === "rollout.started")).toHaveLength(1);
  });

  it("is redirected from where it is when something else is declared", () => {
    const web = changed(4);
    web.until(() => web.revisions().includes("r2"));
    web.declare({ revision: "r3" });
    web.converge();
    expect(web.revisions()).toBe("r3 r3 r3 r3");
    expect(web.creates()).toBe(5);
  });

  it("is redirected back without a canary, keeping whoever was not changed", () => {
    const web = changed(4, { rollout: rollout({ canary: 1 }) });
    web.until((decided) => phaseOf(decided) === "canary" && web.revisions().includes("r2"));
    web.declare({ revision: "r1" });
    web.converge();
    expect(web.ids()).toEqual(["0", "1", "2", "3"]);
    expect(web.revisions()).toBe("r1 r1 r1 r1");
  });

  it("is not begun by members that turn up only after the declaration, unseen and unjudged: it is a rollout then", () => {
    const web = world(group({ slots: sized(3), former: former("r0") }));
    web.pass();
    web.declare({ revision: "r2", former: former() });
    web.converge();
    expect(web.told()).toContain("rollout.started");
    expect(web.revisions()).toBe("r2 r2 r2");
  });

  it("of a change of size does not exist", () => {
    const web = world(group(), { members: crew(3) });
    web.converge();
    web.declare({ slots: sized(5) });
    web.converge();
    expect(web.told().filter((type) => type.startsWith("rollout."))).toEqual([]);
  });
});

describe("a rollout whose new members fail", () => {
  const bad: WorldOptions["health"] = ({ mark }) => (mark.revision === "r2" ? fail : PASS);

  it("is held, with the one that failed left to be looked into, and nobody else is changed", () => {
    const web = changed(3, {}, { health: bad });
    const held = web.during(3_600_000);
    expect(phaseOf(held)).toBe("failed");
    expect(stalledBy(held.status)).toBe("RolloutFailed");
    expect(web.revisions()).toBe("r1 r1 r1 r2");
    expect(web.told().filter((type) => type === "rollout.failed")).toHaveLength(1);
  });

  it("goes on by itself when those that failed recover, with the whole deadline before it", () => {
    let ill = true;
    const web = changed(3, {}, { health: (member, now) => (ill ? bad(member, now) : PASS) });
    web.during(3_600_000);
    ill = false;
    const { decisions } = web.pass();
    expect(decisions.map(({ type }) => type)).not.toContain("rollout.failed");
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2");
  });

  it("is not late when it goes on with no more than had arrived before it was held", () => {
    let illFrom = Number.POSITIVE_INFINITY;
    const policy = rollout({ maxUnavailable: 2, maxSurge: 1 });
    const web = changed(6, { rollout: policy }, { health: ({ since }) => (since >= illFrom ? fail : PASS) });
    web.until(() => (web.memory().rollout?.arrived ?? 0) > 0);
    illFrom = web.now();
    web.until((decided) => phaseOf(decided) === "failed");
    const arrived = web.memory().rollout?.arrived;
    web.during(3_600_000);
    const well = web.members().filter(({ mark, since }) => mark.revision === "r2" && since < illFrom);
    web.kill(...well.map(({ id }) => id));
    illFrom = Number.POSITIVE_INFINITY;
    const { decisions } = web.pass();
    expect(web.memory().rollout).toMatchObject({ arrived, failure: null });
    expect(decisions.map(({ type }) => type)).not.toContain("rollout.failed");
  });

  it("does not count failures in places that are declared no more", () => {
    const web = changed(
      3,
      { repair: { ...group().repair, breakerShare: 1 }, rollout: rollout({ maxSurge: 3 }) },
      {
        traits: { settleMs: 60_000, local: true },
        health: ({ id }) => (id === "m0" ? fail : PASS),
        // As long as one is awaited, the one that fails is left where it is.
        lists: (members) => members.filter(({ id }) => id !== "m1"),
      },
    );
    web.pass();
    web.pass();
    web.declare({ slots: { kind: "named", names: ["ada", "bob"] } });
    web.pass();
    expect(web.told()).toContain("instance.unhealthy");
    expect(web.told()).not.toContain("rollout.failed");
  });

  it("is tried again when somebody resumes it", () => {
    const web = changed(3, {}, { health: bad });
    web.during(60_000);
    web.steer({ retriedIn: 3 });
    expect(phaseOf(web.pass())).toBe("rolling");
    web.during(60_000);
    expect(web.told().filter((type) => type === "rollout.failed").length).toBeGreaterThanOrEqual(2);
    expect(web.revisions()).toContain("r1 r1 r1");
  });

  it("goes back by itself where that is declared, without a canary, and says so", () => {
    const policy = rollout({ onFailure: "revert", canary: 1 });
    const web = changed(3, { rollout: policy }, { health: bad });
    const back = web.until((decided) => phaseOf(decided) === "reverted");
    expect(web.revisions()).toBe("r1 r1 r1");
    expect(isConverged(back.status)).toBe(false);
    expect(stalledBy(back.status)).toBe("Reverted");
    expect(web.told()).toEqual(expect.arrayContaining(["rollout.failed", "rollout.reverting", "rollout.reverted"]));
    web.rest();
    web.declare({ revision: "r3" });
    web.steer({ promoted: true });
    web.converge();
    expect(web.revisions()).toBe("r3 r3 r3");
  });

  it("that goes back is told to its end, also when nobody is left to be changed for it", () => {
    const policy = rollout({ onFailure: "revert", maxUnavailable: 1, maxSurge: 0 });
    const web = changed(3, { rollout: policy }, { health: bad });
    web.until((decided) => phaseOf(decided) === "reverted");
    expect(web.told().filter((type) => type.startsWith("rollout."))).toEqual([
      ...["rollout.started", "rollout.failed", "rollout.reverting"],
      ...["rollout.started", "rollout.reverted"],
    ]);
  });

  it("that goes back at once with many members raises no alarm about those that it takes away", () => {
    const policy = rollout({ onFailure: "revert", maxSurge: 3 });
    const web = changed(3, { rollout: policy }, { health: bad });
    web.stalls().length = 0;
    web.until((decided) => phaseOf(decided) === "reverted");
    expect(web.told().filter((type) => type.startsWith("rollout.") || type.startsWith("revision."))).toEqual([
      ...["rollout.started", "rollout.failed", "rollout.reverting"],
      ...["rollout.started", "rollout.reverted"],
    ]);
    expect(new Set(web.stalls())).toEqual(new Set(["Reverted"]));
    const taken = web.done().filter(({ kind }) => kind === "destroy");
    expect(taken.map(({ why }) => why)).toEqual(Array(3).fill("outdated"));
  });

  it("that goes back ends a quarantine, and says so", () => {
    const policy = rollout({ onFailure: "revert", maxSurge: 1 });
    const repair = { ...POLICY.repair, quarantineAfter: 1, breakerShare: 1 };
    let good = true;
    const health: WorldOptions["health"] = ({ mark, id }) =>
      mark.revision === "r2" && !(good && id === "m0") ? fail : PASS;
    const web = changed(3, { rollout: policy, repair }, { health });
    web.until(() => web.memory().quarantine !== null);
    good = false;
    web.until((decided) => phaseOf(decided) === "reverted");
    expect(web.told().filter((type) => type.startsWith("revision."))).toEqual([
      ...["revision.quarantined", "revision.released"],
    ]);
    expect(web.memory().quarantine).toBeNull();
  });

  it("says who failed, and why", () => {
    const web = changed(3, {}, { health: bad });
    const { decisions } = web.until((decided) => decided.decisions.some(({ type }) => type === "rollout.failed"));
    const { message } = decisions.find(({ type }) => type === "rollout.failed") ?? expect.fail();
    expect(message).toMatch(new RegExp(`^the rollout failed: 1 of 1 new members failed: \\S+: ${fail.reason}$`));
  });

  it("goes back when a person says so, also after it has succeeded", () => {
    const web = changed(3);
    web.converge();
    web.steer({ reverted: true, retriedIn: 3 });
    web.until((decided) => phaseOf(decided) === "reverted");
    expect(web.revisions()).toBe("r1 r1 r1");
    web.steer({ reverted: false, retriedIn: 4 });
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2");
  });

  it("stands still when going back fails too, instead of turning round again", () => {
    const policy = rollout({ onFailure: "revert", maxUnavailable: 1, maxSurge: 0 });
    const web = changed(3, { rollout: policy }, { health: ({ id }) => (id.startsWith("m") ? fail : PASS) });
    const still = web.during(24 * 3_600_000);
    expect(phaseOf(still)).toBe("reverting");
    expect(web.told().filter((type) => type === "rollout.reverting")).toHaveLength(1);
    expect(web.creates()).toBeLessThan(6 * 24 + 10);
  });

  it("does not go back to what is declared already", () => {
    const policy = rollout({ onFailure: "revert" });
    const web = changed(3, { revision: "r1", changeable: {}, rollout: policy });
    web.steer({ reverted: true });
    expect(isConverged(web.pass().status)).toBe(true);
  });
});

describe("a rollout that gets no further", () => {
  const refuses: WorldOptions["refuses"] = ({ kind }) => (kind === "create" ? "the registry is down" : undefined);

  it("has failed at the deadline, always, and is tried on", () => {
    let down = true;
    const web = changed(3, {}, { refuses: (action, now) => (down ? refuses(action, now) : undefined) });
    const late = web.during(700_000);
    expect(web.told()).toContain("rollout.failed");
    expect(stalledBy(late.status)).toBe("CreateFailed");
    down = false;
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2");
  });

  it("has its whole time, and says when it is over, also where making the first members had taken too long", () => {
    const late = { progressDeadlineMs: 600_000, healthyDeadlineMs: 3_600_000 };
    const web = world(group({ slots: sized(1), rollout: rollout(late) }), {
      lists: (members, now) => (now < 3_000_000 ? [] : members),
      traits: { settleMs: 3_600_000, local: false },
      health: ({ mark }) => (mark.revision === "r2" ? unknown : PASS),
    });
    web.pass();
    web.declare({ revision: "r2", former: former() });
    web.during(1_900_000);
    expect(web.told()).not.toContain("rollout.failed");
    web.until(() => web.told().includes("rollout.started"));
    const begun = web.now();
    web.until(() => web.told().includes("rollout.failed"));
    expect(web.now() - begun).toBeGreaterThanOrEqual(600_000);
    expect(web.now() - begun).toBeLessThan(700_000);
  });

  it("has failed at the deadline also while nothing can be seen", () => {
    const health: WorldOptions["health"] = ({ mark }) => (mark.revision === "r2" ? unknown : PASS);
    const web = changed(3, { rollout: rollout({ onFailure: "revert" }) }, { health });
    web.pass();
    expect(web.blind(599_000).decisions).toEqual([]);
    expect(web.blind(2_000).decisions.map(({ type }) => type)).toEqual(["rollout.failed"]);
    expect(web.blind(600_000).decisions).toEqual([]);
    web.until((decided) => phaseOf(decided) === "reverted");
  });

  it("has not failed unseen where another version, or another try, is wanted by now", () => {
    const health: WorldOptions["health"] = ({ mark }) => (mark.revision === "r1" ? PASS : unknown);
    const web = changed(3, {}, { health });
    web.pass();
    web.declare({ revision: "r3" });
    expect(web.blind(601_000).decisions).toEqual([]);
    web.pass();
    web.steer({ retriedIn: 9 });
    expect(web.blind(601_000).decisions).toEqual([]);
  });

  it("counts its deadline batch by batch, not from its beginning", () => {
    const web = changed(5, { rollout: rollout({ minReadyMs: 400_000, healthyDeadlineMs: 900_000 }) });
    web.converge();
    expect(web.now()).toBeGreaterThan(1_000_000 + 5 * 400_000);
    expect(web.told()).not.toContain("rollout.failed");
  });

  it("has its whole time again after Muster was not there", () => {
    const health: WorldOptions["health"] = ({ mark }) => (mark.revision === "r2" ? unknown : PASS);
    const web = changed(3, { rollout: rollout({ healthyDeadlineMs: 100 * 3_600_000 }) }, { health });
    web.during(60_000);
    web.wait(24 * 3_600_000);
    web.remember(recall(web.memory(), web.now()));
    web.during(500_000);
    expect(web.told()).not.toContain("rollout.failed");
    web.during(120_000);
    expect(web.told()).toContain("rollout.failed");
  });

  it("goes back where a great share has not arrived", () => {
    const policy = rollout({ onFailure: "revert", canary: 0 });
    const web = changed(5, { rollout: policy }, { health: ({ mark }) => (mark.revision === "r2" ? unknown : PASS) });
    web.until((decided) => phaseOf(decided) === "reverting");
    expect(web.told()).toContain("rollout.failed");
  });
});

describe("a pause in the middle of a rollout", () => {
  it("does not make anybody forget it when it is redirected meanwhile: it is told to its end", () => {
    let full = false;
    const web = changed(3, {}, { refuses: ({ kind }) => (full && kind === "create" ? "no room" : undefined) });
    web.pass();
    full = true;
    web.kill("1", "m0");
    web.declare({ goal: "pause" });
    web.pass();
    web.declare({ revision: "r1", former: undefined });
    web.pass();
    web.declare({ goal: "keep", steered: { reverted: false, promoted: false, retriedIn: 9 }, generation: 9 });
    web.pass();
    full = false;
    web.converge();
    expect(web.told()).toContain("rollout.finished");
  });

  it("changes nobody, judges nothing, and whoever is missing comes back as before", () => {
    const web = changed(4, { rollout: rollout({ onFailure: "revert" }) });
    web.until(() => web.revisions() === "r1 r1 r1 r2");
    web.declare({ goal: "pause" });
    web.kill("2");
    const paused = web.during(24 * 3_600_000);
    expect(web.revisions()).toBe("r1 r1 r1 r2");
    expect(phaseOf(paused)).toBe("paused");
    expect(web.told()).not.toContain("rollout.failed");
    web.declare({ goal: "keep", steered: { reverted: false, promoted: false, retriedIn: 9 }, generation: 9 });
    web.converge();
    expect(web.told()).not.toContain("rollout.failed");
    expect(web.told().filter((type) => type === "rollout.started")).toHaveLength(1);
  });

  it("does not count as bake time", () => {
    const web = changed(3, { rollout: rollout({ canary: 1, bakeMs: 600_000 }) });
    web.until(({ status }) => conditionOf(status, "Converged")?.reason === "CanaryBakes");
    web.declare({ goal: "pause" });
    web.during(3_600_000);
    web.declare({ goal: "keep", steered: { reverted: false, promoted: false, retriedIn: 9 }, generation: 9 });
    const resumed = web.now();
    web.converge();
    expect(web.now() - resumed).toBeGreaterThanOrEqual(600_000);
  });
});
