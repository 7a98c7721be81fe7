import { conditionOf, isConverged, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import type { DeclaredGroup } from "./declared.ts";
import { driven, group, LOCAL, member, rollout } from "./scene.test-support.ts";
import { crew, fail, former, phaseOf, unknown, type WorldOptions, world } from "./world.test-support.ts";

const sized = (size: number) => ({ kind: "numbered", size }) as const;

it("leaves an outdated member of unknown health where too few others are known to be well, and says so", () => {
  const declared = group({ revision: "r2", rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }) });
  const old = [member("0"), member("1"), member("2")];
  const held = driven(declared, LOCAL).pass(0, old, { verdicts: { "0": unknown, "1": unknown } });
  expect(held.actions).toEqual([]);
  const progressing = conditionOf(held.status, "Progressing");
  expect(progressing).toMatchObject({ holds: true, message: expect.stringContaining("0 must stay") });
  const enough = driven(declared, LOCAL).pass(0, old, { verdicts: { "0": unknown } });
  expect(enough.actions).toMatchObject([{ kind: "destroy", instance: "0", why: "outdated" }]);
});

describe("a change in place", () => {
  const notes = (web: ReturnType<typeof world>) => web.members().map(({ properties }) => properties["note"]);

  function noted(to: Partial<DeclaredGroup>, options: WorldOptions = {}) {
    const web = world(group({ slots: sized(4), changeable: { note: "a" } }), {
      members: crew(4, "r1", { note: "a" }),
      ...options,
    });
    web.converge();
    web.declare({ changeable: { note: "b" }, former: former("r1", { note: "a" }), ...to });
    return web;
  }

  it("is carried through in batches, each on trial, and nobody is made anew", () => {
    const web = noted({ rollout: rollout({ maxSurge: 2, minReadyMs: 5_000 }) });
    expect(web.pass().actions).toHaveLength(2);
    web.pass();
    expect(notes(web)).toEqual(["b", "b", "a", "a"]);
    web.converge();
    expect(notes(web)).toEqual(["b", "b", "b", "b"]);
    expect(web.done().map(({ kind }) => kind)).toEqual(["update", "update", "update", "update"]);
  });

  it("does not count before it is answered, though it is shown already: its trial is still to come", () => {
    const policy = rollout({ canary: 1, bakeMs: 0, minReadyMs: 5_000 });
    const declared = group({
      slots: sized(2),
      changeable: { note: "b" },
      former: former("r1", { note: "a" }),
      rollout: policy,
    });
    const web = driven(declared, LOCAL);
    const [first, second] = crew(2, "r1", { note: "a" });
    if (first === undefined || second === undefined) throw new Error("there are two");
    web.pass(0, [first, second]);
    const { status, decisions } = web.pass(10, [{ ...first, properties: { note: "b" } }, second]);
    expect(status.rollout).toMatchObject({ phase: "canary", arrived: 0 });
    expect(decisions.map(({ type }) => type)).not.toContain("rollout.promoted");
  });

  it("reckons canaries that are being changed with those that have been", () => {
    const declared = group({
      ...{ slots: sized(4), changeable: { note: "b" }, former: former("r1", { note: "a" }) },
      rollout: rollout({ maxUnavailable: 2, canary: 2 }),
    });
    const [first, second, ...others] = crew(4, "r1", { note: "a" });
    if (first === undefined || second === undefined) throw new Error("there are four");
    const web = driven(declared, LOCAL);
    const [one] = web.pass(0, [first, second, ...others]).actions;
    const done = { kind: "done", intent: one?.intent ?? "", instance: first.id, at: 5 } as const;
    const changed = { ...first, properties: { note: "b" } };
    expect(web.pass(10, [changed, second, ...others], { outcomes: [done] }).actions).toEqual([]);
  });

  it("that restarts members takes no more away than may be", () => {
    const policy = rollout({ maxUnavailable: 1, maxSurge: 0 });
    const web = noted({ rollout: policy, restarting: ["note"] });
    expect(web.pass().actions).toMatchObject([{ kind: "update", instance: "0" }]);
    web.converge();
    expect(web.creates()).toBe(0);
  });

  it("that restarts members has one more made where none may be away, and keeps the others", () => {
    const web = noted({ restarting: ["note"] });
    web.until(({ status }) => isConverged(status));
    expect(web.creates()).toBe(1);
    expect(web.ids()).toEqual(["0", "1", "2", "m0"]);
    expect(notes(web)).toEqual(["b", "b", "b", "b"]);
  });

  it("that restarts members waits for those that are coming anyway, and nobody is made anew for it", () => {
    const mixed = [
      member("0", { properties: { note: "a" } }),
      member("1", { revision: "r0", properties: { note: "b" } }),
    ];
    const policy = rollout({ maxSurge: 3, minReadyMs: 3_000 });
    const declared = group({ slots: sized(4), changeable: { note: "b" }, restarting: ["note"], rollout: policy });
    const web = world(declared, { members: mixed });
    web.converge();
    // Two were missing, and one is outdated.
    expect(web.creates()).toBe(3);
    expect(web.ids()).toContain("0");
  });

  it("is not done by taking a member away for one that is being made, and may never come", () => {
    const declared = group({ slots: sized(2), changeable: { note: "b" }, rollout: rollout({ maxUnavailable: 2 }) });
    const making = driven(group({ slots: sized(3), changeable: { note: "b" } }), LOCAL);
    const [first, second] = crew(2, "r1", { note: "b" });
    if (first === undefined || second === undefined) throw new Error("there are two");
    expect(making.pass(0, [first, second]).actions).toMatchObject([{ kind: "create" }]);
    const old = { ...second, properties: { note: "a" } };
    expect(making.pass(10, [first, old], { declared }).actions).toEqual([]);
  });

  it("that fails is held like any other, and undone in place", () => {
    const web = noted({}, { health: ({ properties }) => (properties["note"] === "b" ? fail : PASS) });
    const held = web.during(60_000);
    expect(phaseOf(held)).toBe("failed");
    web.steer({ reverted: true });
    web.until((decided) => phaseOf(decided) === "reverted", 2_000);
    expect(notes(web)).toEqual(["a", "a", "a", "a"]);
  });

  it("goes on while creating fails, which it does not need", () => {
    const web = noted({ slots: sized(5) }, { refuses: ({ kind }) => (kind === "create" ? "no room" : undefined) });
    web.during(60_000);
    expect(notes(web)).toEqual(["b", "b", "b", "b"]);
  });

  it("that is refused is tried again, and nobody is made anew for it", () => {
    let refusing = true;
    const web = noted({}, { refuses: ({ kind }) => (refusing && kind === "update" ? "busy" : undefined) });
    web.during(30_000);
    refusing = false;
    web.converge();
    expect(web.creates()).toBe(0);
  });
});

it("changes first who can be changed in place, before it takes anybody away", () => {
  const declared = group({
    revision: "r2",
    changeable: { note: "b" },
    rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }),
  });
  const mixed = [member("0"), member("1"), member("2", { revision: "r2", properties: { note: "a" } })];
  expect(driven(declared, LOCAL).pass(0, mixed).actions).toMatchObject([{ kind: "update", instance: "2" }]);
});

describe("named members", () => {
  const slots = { kind: "named", names: ["a", "b", "c"] } as const;

  it("are changed one by one, and each name is there once at every moment", () => {
    const members = ["a", "b", "c"].map((slot) => ({
      ...(crew(1)[0] ?? expect.fail()),
      id: `old-${slot}`,
      mark: { stack: "shop", owner: "web", slot, intent: `i-${slot}`, revision: "r1" },
    }));
    const policy = rollout({ maxUnavailable: 1, maxSurge: 0 });
    const web = world(group({ slots, rollout: policy }), { members });
    web.converge();
    web.declare({ revision: "r2", former: former() });
    web.until(({ status }) => {
      const names = web.members().map(({ mark }) => mark.slot);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeGreaterThanOrEqual(2);
      return isConverged(status);
    });
    expect(web.revisions()).toBe("r2 r2 r2");
  });
});
