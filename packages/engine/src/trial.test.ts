import { conditionOf, isConverged, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { reconcile } from "./reconcile.ts";
import { driven, group, LOCAL, look, member, REMOTE, rollout } from "./scene.test-support.ts";
import { crew, fail, unknown, world } from "./world.test-support.ts";

const one = { kind: "numbered", size: 1 } as const;

describe("a member that was made", () => {
  it("counts only when it has been healthy for minReady", () => {
    const web = world(group({ slots: one, rollout: rollout({ minReadyMs: 5_000 }) }));
    web.pass();
    const seen = web.pass();
    expect(isConverged(seen.status)).toBe(false);
    expect(seen.wakeAt).toBe(web.now());
    expect(isConverged(web.pass().status)).toBe(true);
  });

  it("has not been healthy for longer because a look took long", () => {
    const declared = group({ slots: one, rollout: rollout({ minReadyMs: 5_000 }) });
    const web = driven(declared, LOCAL);
    const [make] = web.pass(0, []).actions;
    const intent = make?.intent ?? "";
    const born = [member("m", { slot: "0", intent })];
    web.pass(1_000, born, { outcomes: [{ kind: "done", intent, instance: "m", at: 900 }] });
    const situation = { declared, traits: LOCAL, nonce: "n" };
    const slow = reconcile({ ...situation, memory: web.memory(), look: look(born, 1_010), now: 11_010 });
    expect(isConverged(slow.status)).toBe(false);
    const next = reconcile({ ...situation, memory: slow.memory, look: look(born, 11_010), now: 11_020 });
    expect(isConverged(next.status)).toBe(true);
  });

  it("begins its time anew when it fails in between", () => {
    let health = "well";
    const declared = group({ slots: one, rollout: rollout({ minReadyMs: 5_000, initialDelayMs: 60_000 }) });
    const web = world(declared, { health: () => (health === "well" ? { kind: "pass" } : fail) });
    web.pass();
    web.pass();
    health = "ill";
    web.pass();
    health = "well";
    const again = web.now();
    web.converge();
    expect(web.now()).toBeGreaterThanOrEqual(again + 5_000);
    expect(web.creates()).toBe(1);
  });

  it("is called starting while it fails within initialDelay, and is repaired after it", () => {
    const web = world(group({ rollout: rollout({ initialDelayMs: 60_000 }) }), {
      members: crew(2),
      health: ({ id }) => (id.startsWith("m") ? fail : { kind: "pass" }),
    });
    const start = web.now();
    const repaired = web.until(({ actions }) => actions.some(({ kind }) => kind === "destroy"));
    expect(web.now() - start).toBeGreaterThanOrEqual(60_000);
    expect(repaired.actions).toMatchObject([{ kind: "destroy", why: "unhealthy" }]);
  });

  it("has failed when it has not come up by healthyDeadline, and is not known to be ill: nobody takes it away", () => {
    const web = world(group({ slots: one }), { health: () => unknown });
    web.during(600_000);
    expect(Object.values(web.memory().young)).toMatchObject([{ failed: true }]);
    expect(web.done().map(({ kind }) => kind)).toEqual(["create"]);
  });

  it("is still on trial after it could not be destroyed", () => {
    const web = world(group({ rollout: rollout({ minReadyMs: 5_000 }) }), {
      members: crew(3),
      health: ({ id }) => (id === "m0" ? unknown : { kind: "pass" }),
      refuses: ({ kind }) => (kind === "destroy" ? "busy" : undefined),
    });
    web.declare({ slots: { kind: "numbered", size: 4 } });
    web.pass();
    web.pass();
    const before = web.memory().young;
    web.declare({ slots: { kind: "numbered", size: 3 } });
    expect(web.pass().actions).toMatchObject([{ kind: "destroy", instance: "m0" }]);
    web.pass();
    expect(web.memory().young).toEqual(before);
  });

  it("begins its time anew when it was not well while it could not be destroyed", () => {
    let well = true;
    const web = world(group({ rollout: rollout({ minReadyMs: 60_000 }) }), {
      members: crew(3),
      health: ({ id }) => (id !== "m0" || well ? PASS : unknown),
      refuses: ({ kind }) => (kind === "destroy" ? "busy" : undefined),
    });
    web.declare({ slots: { kind: "numbered", size: 4 } });
    web.pass();
    web.pass();
    expect(web.memory().young["m0"]?.readyAt).not.toBeNull();
    web.declare({ slots: { kind: "numbered", size: 3 } });
    web.pass();
    well = false;
    web.pass();
    expect(web.memory().young["m0"]?.readyAt).toBeNull();
  });
});

describe("a member that was changed", () => {
  const declared = group({ slots: one, changeable: { note: "b" }, restarting: ["note"] });
  const stopFirst = rollout({ maxUnavailable: 1, maxSurge: 0 });
  const old = member("0", { properties: { note: "a" } });

  it("is not called unhealthy while it is being changed", () => {
    const web = driven({ ...declared, rollout: stopFirst }, LOCAL);
    expect(web.pass(0, [old]).actions).toMatchObject([{ kind: "update" }]);
    const { status, decisions, actions } = web.pass(1, [old], { verdicts: { "0": fail } });
    expect([actions, decisions]).toEqual([[], []]);
    expect(conditionOf(status, "Stalled")?.holds).toBe(false);
  });

  it("has initialDelay to come up again, however old it is", () => {
    const slow = { ...declared, rollout: { ...stopFirst, initialDelayMs: 60_000 } };
    const web = world(slow, {
      members: [old],
      health: (_, now) => (now > 1_000_000 && now < 1_040_000 ? fail : { kind: "pass" }),
    });
    web.converge();
    expect(web.done().map(({ kind }) => kind)).toEqual(["update"]);
    expect(web.told()).not.toContain("instance.unhealthy");
  });

  it("is healthy only by a look that is newer than the change", () => {
    const web = driven({ ...declared, rollout: { ...stopFirst, minReadyMs: 10_000 } }, REMOTE);
    const [update] = web.pass(0, [old]).actions;
    const outcomes = [{ intent: update?.intent ?? "", kind: "done", instance: "0", at: 10 } as const];
    const changed = member("0", { properties: { note: "b" } });
    web.pass(20, [changed], { outcomes });
    web.pass(30_000, [changed]);
    expect(web.memory().young["0"]?.since).toBe(20);
    expect(isConverged(web.pass(60_010, [changed]).status)).toBe(false);
    expect(isConverged(web.pass(70_010, [changed]).status)).toBe(true);
  });

  it("is tried anew when it is changed anew", () => {
    let ill = true;
    const web = world(group({ slots: one, changeable: { note: "b" } }), {
      members: [old],
      health: (_, now) => (now > 1_000_000 && ill ? unknown : { kind: "pass" }),
    });
    web.during(400_000);
    expect(web.memory().young["0"]?.failed).toBe(true);
    web.declare({ changeable: { note: "c" } });
    web.until(() => web.members()[0]?.properties["note"] === "c");
    web.pass();
    expect(web.memory().young["0"]?.failed).toBe(false);
    ill = false;
    web.converge();
  });
});

it("keeps those on trial apart from words that every object knows", () => {
  const web = driven(group({ slots: one }), LOCAL);
  const { status } = web.pass(0, [member("constructor")]);
  expect(isConverged(status)).toBe(true);
});
