import { conditionOf, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import type { Seen } from "./look.ts";
import { driven, group, LOCAL, POLICY, rollout } from "./scene.test-support.ts";
import { crew, fail, former, unknown, world } from "./world.test-support.ts";

const sized = (size: number) => ({ kind: "numbered", size }) as const;
const policy = (changes: Partial<typeof POLICY.repair>) => ({ ...POLICY.repair, createsPerHour: 1_000, ...changes });
const ill = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, fail]));

describe("members that fail", () => {
  it("are replaced no more than maxInFlight at once", () => {
    const ten = group({ slots: sized(10) });
    const one = driven(ten, LOCAL).pass(0, crew(10), { verdicts: ill("1", "2", "3") });
    expect(one.actions).toMatchObject([{ kind: "destroy", instance: "1", why: "unhealthy" }]);
    const two = driven({ ...ten, repair: policy({ maxInFlight: 2 }) }, LOCAL);
    expect(two.pass(0, crew(10), { verdicts: ill("1", "2", "3") }).actions).toHaveLength(2);
  });

  it("wait for what is under way for another reason: a rollout has the same budget", () => {
    const web = driven(group({ slots: sized(10), revision: "r2" }), LOCAL);
    web.pass(0, crew(10));
    expect(web.memory().calls).toMatchObject([{ kind: "create", why: "outdated" }]);
    expect(web.pass(1, crew(10), { verdicts: ill("3") }).actions).toEqual([]);
  });

  it("are under repair together with the rollout that waits for them", () => {
    const web = driven(group({ slots: sized(10), revision: "r2" }), LOCAL);
    expect(web.pass(0, crew(10), { verdicts: ill("3") }).actions).toMatchObject([{ why: "unhealthy" }]);
    expect(web.pass(1, crew(10), { verdicts: ill("3") }).actions).toMatchObject([{ kind: "create", why: "missing" }]);
  });

  it("are replaced ever more slowly, up to ten minutes, as long as it does not help", () => {
    const web = world(group({ slots: sized(10), repair: policy({ quarantineAfter: 1_000 }) }), {
      members: crew(10),
      health: ({ id }) => (id === "3" || id.startsWith("m") ? fail : PASS),
    });
    const times: number[] = [];
    while (times.length < 14) {
      if (web.pass().actions.some(({ kind }) => kind === "destroy")) times.push(web.now());
    }
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(waits[0]).toBeGreaterThanOrEqual(1_000);
    expect(waits[0]).toBeLessThanOrEqual(1_300);
    expect(waits.every((wait, index) => wait >= Math.min(600_000, 1_000 * 2 ** index))).toBe(true);
    expect(waits.at(-1)).toBeLessThanOrEqual(750_100);
  });

  it("are replaced at once again when nobody has failed for as long as the last wait", () => {
    let sick = "3";
    const web = world(group({ slots: sized(10) }), {
      members: crew(10),
      health: ({ id }) => (id === sick ? fail : PASS),
    });
    web.converge();
    expect(web.memory().repairing?.attempts).toBe(1);
    web.during(600_000);
    sick = "5";
    web.converge();
    expect(web.memory().repairing?.attempts).toBe(1);
  });

  it("are slowed down also when each comes up before it fails: that the group was whole for a moment is no cure", () => {
    const web = world(group({ slots: sized(3), repair: policy({}) }), {
      members: crew(3),
      health: ({ id, since }, now) =>
        id.startsWith("m") ? (now - since > 500 ? fail : PASS) : id === "1" ? fail : PASS,
    });
    web.during(3_600_000);
    expect(web.creates()).toBeLessThan(20);
  });

  it("are not taken away while nobody can be made in their place", () => {
    const web = world(group({ slots: sized(10) }), {
      members: crew(9),
      health: ({ id }) => (id === "3" ? fail : PASS),
      refuses: ({ kind }) => (kind === "create" ? "no room" : undefined),
    });
    web.during(3_600_000);
    expect(web.done()).toEqual([]);
  });

  it("are not repaired when nobody knows how they do", () => {
    const web = driven(group(), LOCAL);
    const { actions, status } = web.pass(0, crew(3), { verdicts: { "1": unknown } });
    expect(actions).toEqual([]);
    expect(conditionOf(status, "Converged")?.holds).toBe(false);
  });
});

describe("the breaker", () => {
  const held = (size: number, sick: number, breakerShare = 0.4) => {
    const web = driven(group({ slots: sized(size), repair: policy({ breakerShare }) }), LOCAL);
    const ids = crew(size).map(({ id }) => id);
    const { actions, status } = web.pass(0, crew(size), { verdicts: ill(...ids.slice(0, sick)) });
    return actions.length === 0 && conditionOf(status, "Stalled")?.reason === "Breaker";
  };

  it("holds where two fail and they are 40 %, and not before", () => {
    expect([held(5, 2), held(6, 2), held(1, 1), held(2, 1), held(2, 2)]).toEqual([true, false, false, false, true]);
  });

  it("holds at the share that is declared", () => {
    expect([held(10, 2, 0.2), held(10, 4, 0.5), held(10, 5, 0.5)]).toEqual([true, false, true]);
  });

  it("lets go by itself when the cause is gone", () => {
    let sick = true;
    const web = world(group(), { members: crew(3), health: () => (sick ? fail : PASS) });
    const { status } = web.during(3_600_000);
    expect(conditionOf(status, "Stalled")?.reason).toBe("Breaker");
    expect(web.done()).toEqual([]);
    sick = false;
    web.converge();
    expect(web.done()).toEqual([]);
  });

  it("is closed again with a word that everybody is as declared", () => {
    let sick = false;
    const web = world(group(), { members: crew(3), health: () => (sick ? fail : PASS) });
    web.converge();
    sick = true;
    web.during(60_000);
    web.told().length = 0;
    sick = false;
    web.rest();
    expect(web.told()).toEqual([...Array(3).fill("instance.recovered"), "group.converged"]);
  });

  it("counts whoever is kept too, and says so where it stands before a quarantine", () => {
    const web = world(group({ repair: policy({ quarantineAfter: 1, breakerShare: 0.5 }) }), {
      members: crew(2),
      health: ({ id }, now) => (id.startsWith("m") || now > 1_060_000 ? fail : PASS),
    });
    const { status } = web.during(120_000);
    const { kept, revision } = web.memory().quarantine ?? {};
    expect(conditionOf(status, "Stalled")).toMatchObject({
      reason: "Breaker",
      message: `3 of 3 members fail together: none of them is destroyed until the cause they share is mended; revision ${revision} is quarantined, and ${kept} is kept to be looked into`,
    });
  });

  it.each([0, 1])("is no matter of those that a better version takes away anyway (canary: %i)", (canary) => {
    const isBad = ({ mark }: { mark: { revision: string } }) => mark.revision === "r1";
    const web = world(group(), { members: crew(3), health: (member) => (isBad(member) ? fail : PASS) });
    web.during(60_000);
    web.stalls().length = 0;
    web.declare({ revision: "r2", rollout: rollout({ maxSurge: 3, canary, bakeMs: 0 }) });
    web.converge();
    expect(web.stalls()).toEqual([]);
  });

  it("holds those of the new version, and what is outdated makes way for it all the same", () => {
    const two = crew(6, "r2").slice(4);
    const free = group({ slots: sized(4), revision: "r2", rollout: rollout({ maxSurge: 2 }) });
    const web = driven({ ...free, former: former() }, LOCAL);
    const { actions, status } = web.pass(0, [...crew(4), ...two], { verdicts: ill("0", "1", "2", "3", "4") });
    expect(conditionOf(status, "Stalled")?.holds).toBe(false);
    expect(actions.map(({ why }) => why)).not.toContain("surplus");
    expect(actions.every((each) => each.kind === "destroy" && ["0", "1", "2", "3"].includes(each.instance))).toBe(true);
    expect(actions.length).toBeGreaterThan(0);
  });

  it("holds those that a rollout changes in place: it takes nobody away", () => {
    const noted = group({ slots: sized(4), changeable: { note: "b" }, former: former("r1", { note: "a" }) });
    const [first, ...others] = crew(4, "r1", { note: "a" });
    const changed = { ...first, properties: { note: "b" } } as Seen;
    const everybody = { verdicts: ill("0", "1", "2", "3") };
    const { actions } = driven(noted, LOCAL).pass(0, [changed, ...others], everybody);
    expect(actions.map(({ kind }) => kind)).not.toContain("destroy");
  });

  it("does not keep missing ones from being refilled", () => {
    const web = driven(group({ slots: sized(5) }), LOCAL);
    const { actions } = web.pass(0, crew(4), { verdicts: ill("0", "1", "2") });
    expect(actions).toMatchObject([{ kind: "create", why: "missing" }]);
  });
});

describe("how many are made in an hour", () => {
  it("is never more than declared, whatever the reason; then it goes on by itself", () => {
    const web = world(group({ slots: sized(10), repair: policy({ createsPerHour: 4 }) }));
    const start = web.now();
    const full = web.during(60_000);
    expect(web.creates()).toBe(4);
    expect(conditionOf(full.status, "Stalled")?.reason).toBe("CreateBudget");
    web.converge();
    expect(web.creates()).toBe(10);
    expect(web.now() - start).toBeGreaterThanOrEqual(2 * 3_600_000);
  });

  it("is never more in any hour, wherever it begins", () => {
    const web = world(group({ slots: sized(2), repair: policy({ createsPerHour: 4 }) }));
    web.converge();
    web.during(3_480_000);
    for (let made = 4; made <= 6; made += 2) {
      web.kill(...web.members().map(({ id }) => id));
      web.during(180_000);
      expect(web.creates()).toBe(made);
    }
    web.kill(...web.members().map(({ id }) => id));
    web.during(3_000_000);
    // Four within a few minutes: it is not a new hour for them only because the first two are long ago.
    expect(web.creates()).toBe(6);
  });

  it("asks to be woken when the hour is over, and never in the past", () => {
    const patient = rollout({ progressDeadlineMs: 36_000_000 });
    const web = driven(group({ rollout: patient, repair: policy({ createsPerHour: 2 }) }), LOCAL);
    expect(web.pass(10_000_000_000, []).wakeAt).toBe(10_003_600_000);
  });

  it("keeps a rollout from taking away what could not be made anew", () => {
    const stopFirst = rollout({ maxUnavailable: 2, maxSurge: 0 });
    const declared = group({ slots: sized(6), rollout: stopFirst, repair: policy({ createsPerHour: 3 }) });
    const web = world(declared, { members: crew(6) });
    web.converge();
    web.declare({ revision: "r2", former: former() });
    const waiting = web.during(1_800_000);
    expect(web.members()).toHaveLength(6);
    expect(conditionOf(waiting.status, "Stalled")?.reason).toBe("CreateBudget");
    web.converge();
    expect(web.revisions()).toBe("r2 r2 r2 r2 r2 r2");
  });

  it("keeps a repair from taking away what could not be made anew", () => {
    const web = driven(group({ slots: sized(10), repair: policy({ createsPerHour: 0 }) }), LOCAL);
    const { actions, status } = web.pass(0, crew(10), { verdicts: ill("3") });
    expect(actions).toEqual([]);
    expect(conditionOf(status, "Stalled")?.reason).toBe("CreateBudget");
  });
});

describe("how members do", () => {
  it("is told once when it turns, and once when it turns back", () => {
    const web = driven(group({ slots: sized(5), repair: policy({ maxInFlight: 0 }) }), LOCAL);
    const told = (now: number, verdicts = {}) =>
      web.pass(now, crew(5), { verdicts }).decisions.map(({ type, instance }) => [type, instance]);
    told(0);
    expect(told(1, ill("1", "2"))).toEqual([
      ["instance.unhealthy", "1"],
      ["instance.unhealthy", "2"],
    ]);
    expect(told(2, ill("1", "2"))).toEqual([]);
    expect(told(3, { "1": fail, "2": unknown })).toEqual([]);
    expect(told(4, ill("1"))).toContainEqual(["instance.recovered", "2"]);
    expect(told(5)).toContainEqual(["instance.recovered", "1"]);
    expect(told(6)).toEqual([]);
  });

  it("is told once of a member that cannot be destroyed", () => {
    const web = world(group({ slots: sized(5) }), {
      members: crew(5),
      health: ({ id }) => (id === "1" ? fail : PASS),
      refuses: ({ kind }) => (kind === "destroy" ? "busy" : undefined),
    });
    web.during(600_000);
    expect(web.told().filter((type) => type === "instance.unhealthy")).toHaveLength(1);
  });
});
