/** What users of others suffered from (facts of the trade): each is designed out, and tried here by its name. */
import { conditionOf, PASS } from "@muster/model";
import { expect, it } from "vitest";
import { driven, group, LOCAL, REMOTE, rollout } from "./scene.test-support.ts";
import { crew, fail, former, world } from "./world.test-support.ts";

const sized = (size: number) => ({ kind: "numbered", size }) as const;
const HOUR = 3_600_000;

it("gives up for ever when a registry was merely down: it goes on by itself when that is up again", () => {
  let down = true;
  const web = world(group(), {
    members: crew(3),
    refuses: ({ kind }) => (down && kind === "create" ? "the registry is down" : undefined),
  });
  web.converge();
  web.declare({ revision: "r2", former: former() });
  web.during(7 * 24 * HOUR);
  expect(web.revisions()).toBe("r1 r1 r1");
  down = false;
  const since = web.now();
  web.converge();
  expect(web.revisions()).toBe("r2 r2 r2");
  expect(web.now() - since).toBeLessThan(15 * 60_000);
});

it("a canary stalls for ever: one that never comes up has failed, and says so", () => {
  const web = world(group({ rollout: rollout({ canary: 1 }) }), {
    members: crew(3),
    health: ({ mark }) => (mark.revision === "r2" ? { kind: "unknown", reason: "starting" } : PASS),
  });
  web.converge();
  web.declare({ revision: "r2", former: former() });
  const { status } = web.during(11 * 60_000);
  expect(web.told()).toContain("rollout.failed");
  expect(conditionOf(status, "Stalled")?.holds).toBe(true);
});

it("seven days past a deadline of ten minutes: the deadline fires within a minute of its time", () => {
  const web = world(group({ rollout: rollout({ healthyDeadlineMs: 100 * HOUR }) }), {
    members: crew(3),
    health: ({ mark }) => (mark.revision === "r2" ? { kind: "unknown", reason: "starting" } : PASS),
  });
  web.converge();
  web.declare({ revision: "r2", former: former() });
  const start = web.now();
  web.until(() => web.told().includes("rollout.failed"));
  expect(web.now() - start).toBeLessThan(11 * 60_000);
});

it.each([
  ["fails for a while", 5 * 60_000],
  ["fails for days", 48 * HOUR],
])("one late failure reverts 77 good instances: whoever is made last %s, and the others stay", (_, lasts) => {
  const ill = { from: Number.POSITIVE_INFINITY, until: 0 };
  const web = world(group({ slots: sized(78), rollout: rollout({ maxSurge: 10, onFailure: "revert" }) }), {
    members: crew(78),
    health: ({ since }, now) => (since >= ill.from && now < ill.until ? fail : PASS),
  });
  web.converge();
  web.declare({ revision: "r2", former: former() });
  web.until(() => web.members().filter(({ mark }) => mark.revision === "r1").length <= 2);
  Object.assign(ill, { from: web.members().at(-1)?.since, until: web.now() + lasts });
  web.kill(web.members().at(-2)?.id ?? "");
  web.during(lasts);
  expect(web.told()).toContain("instance.unhealthy");
  expect(web.told()).not.toContain("rollout.reverting");
  expect(web.members().filter(({ mark }) => mark.revision === "r2").length).toBeGreaterThanOrEqual(70);
  web.converge();
  expect(web.members().every(({ mark }) => mark.revision === "r2")).toBe(true);
});

it("a revert passes through the canary again: it goes straight back", () => {
  const web = world(group({ rollout: rollout({ canary: 1 }) }), { members: crew(3) });
  web.converge();
  web.declare({ revision: "r2", former: former(), steered: { reverted: false, promoted: true, retriedIn: 1 } });
  web.converge();
  web.steer({ reverted: true, promoted: false });
  web.until(({ status }) => status.rollout?.phase === "reverted");
  expect(web.revisions()).toBe("r1 r1 r1");
  expect(web.told().filter((type) => type === "rollout.promoted")).toHaveLength(1);
});

it("never rolls back: it does where that is declared", () => {
  const web = world(group({ rollout: rollout({ onFailure: "revert" }) }), {
    members: crew(3),
    health: ({ mark }) => (mark.revision === "r2" ? fail : PASS),
  });
  web.converge();
  web.declare({ revision: "r2", former: former() });
  web.until(({ status }) => status.rollout?.phase === "reverted");
  expect(web.revisions()).toBe("r1 r1 r1");
});

it("maxUnhealthy governed marking, not repair, and was invisible: nobody is destroyed, and the status says why", () => {
  const web = driven(group({ slots: sized(5) }), LOCAL);
  const { actions, status, decisions } = web.pass(0, crew(5), { verdicts: { "0": fail, "1": fail } });
  expect(actions).toEqual([]);
  expect(conditionOf(status, "Stalled")).toMatchObject({
    reason: "Breaker",
    message: expect.stringContaining("2 of 5"),
  });
  expect(decisions.map(({ type }) => type)).toEqual(["instance.unhealthy", "instance.unhealthy"]);
});

it("replaces the same bad image 1,083 times an hour: a dozen times, and then every ten minutes", () => {
  const web = world(group(), { members: crew(2), health: ({ id }) => (id.startsWith("m") ? fail : PASS) });
  web.during(HOUR);
  expect(web.creates()).toBeLessThan(12);
  const before = web.creates();
  web.during(HOUR);
  expect(web.creates() - before).toBeLessThanOrEqual(6);
});

it.each([25_000, 59_000])("3 wanted, 9 made when the list lags: 3 are made, whatever it shows (%i ms)", (lagMs) => {
  const web = world(group(), { traits: REMOTE, lagMs });
  web.converge();
  expect(web.creates()).toBe(3);
});

it("a hint comes before the list shows the effect: the next look heals it all the same", () => {
  const web = driven(group(), LOCAL);
  web.pass(0, crew(3));
  expect(web.pass(1, crew(3)).actions).toEqual([]);
  expect(web.pass(2, crew(2)).actions).toMatchObject([{ kind: "create", slot: "2" }]);
});
