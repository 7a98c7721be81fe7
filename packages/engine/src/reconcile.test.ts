import { conditionOf, isConverged } from "@muster/model";
import { describe, expect, it } from "vitest";
import { emptyMemory, recall } from "./memory.ts";
import { reconcile } from "./reconcile.ts";
import { driven, group, LOCAL, look, member, REMOTE, rollout } from "./scene.test-support.ts";

const three = [member("0"), member("1"), member("2")];
const kinds = (actions: readonly { kind: string; slot: string }[]) =>
  actions.map(({ kind, slot }) => `${kind} ${slot}`);

describe("a group that is made", () => {
  it("makes what is missing, one create for each empty place", () => {
    const { actions, status } = driven(group(), LOCAL).pass(0, []);
    expect(kinds(actions)).toEqual(["create 0", "create 1", "create 2"]);
    expect(new Set(actions.map(({ intent }) => intent)).size).toBe(3);
    expect(isConverged(status)).toBe(false);
    expect(conditionOf(status, "Progressing")?.holds).toBe(true);
  });

  it("waits for the answers of creates that are under way", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, []);
    expect(web.pass(1, []).actions).toEqual([]);
  });

  it("is converged only when the declared number was seen, current and healthy", () => {
    const web = driven(group(), LOCAL);
    expect(isConverged(web.pass(0, three.slice(0, 2)).status)).toBe(false);
    expect(isConverged(driven(group(), LOCAL).pass(0, three).status)).toBe(true);
    const unknown = { verdicts: { "1": { kind: "unknown", reason: "not asked" } } } as const;
    expect(isConverged(driven(group(), LOCAL).pass(0, three, unknown).status)).toBe(false);
    const old = [...three.slice(0, 2), member("2", { revision: "r0" })];
    expect(isConverged(driven(group(), LOCAL).pass(0, old).status)).toBe(false);
  });

  it("writes nothing new into memory when nothing has changed", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const before = web.memory();
    web.pass(1, three);
    expect(web.memory()).toBe(before);
  });

  it("does nothing at all on a look that failed", () => {
    const failed = { kind: "failed", startedAt: 5, reason: "look.denied", message: "no right to list" } as const;
    const memory = emptyMemory();
    const decided = reconcile({ declared: group(), traits: LOCAL, look: failed, memory, now: 5, nonce: "n" });
    expect(decided.actions).toEqual([]);
    expect(decided.memory).toBe(memory);
    expect(conditionOf(decided.status, "Stalled")).toMatchObject({ holds: true, message: "no right to list" });
  });
});

describe("a create whose effect is not seen yet", () => {
  it("is not repeated while the list may lag", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), REMOTE);
    const [create] = web.pass(0, []).actions;
    const outcomes = [{ intent: create?.intent ?? "", kind: "done", instance: "i-1", at: 10 } as const];
    const waiting = web.pass(20, [], { outcomes });
    expect(waiting.actions).toEqual([]);
    expect(waiting.wakeAt).toBe(60_010);
    expect(web.pass(60_009, []).actions).toEqual([]);
    const lost = web.pass(60_010, []);
    expect(lost.actions).toEqual([]);
    expect(conditionOf(lost.status, "Stalled")?.message).toContain("i-1 was made, and is not there");
    expect(kinds(web.pass(lost.wakeAt ?? 0, []).actions)).toEqual(["create 0"]);
  });

  it("is paced when answers are not what looks show", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), LOCAL);
    const waits: number[] = [];
    let now = 0;
    for (let attempt = 0; attempt < 5; attempt++) {
      const [create] = web.pass(now, []).actions;
      const outcomes = [{ intent: create?.intent ?? "", kind: "done", instance: "ghost", at: now } as const];
      const { wakeAt = 0 } = web.pass(now, [], { outcomes });
      waits.push(wakeAt - now);
      now = wakeAt;
    }
    expect(waits.every((wait, index) => wait >= 1_000 * 2 ** index)).toBe(true);
  });

  it("holds up a rollout when what was made lost its tags, instead of replacing it for ever", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), LOCAL);
    const [create] = web.pass(0, []).actions;
    const outcomes = [{ intent: create?.intent ?? "", kind: "done", instance: "i-1", at: 1 } as const];
    const changed = member("i-1", { slot: "0", revision: "R1", intent: create?.intent ?? "" });
    const decided = web.pass(2, [changed], { outcomes });
    expect(decided.actions).toEqual([]);
    expect(conditionOf(decided.status, "Stalled")?.message).toContain("its tags were not kept");
  });

  it("is not taken for made when its id is that of another create's member", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 2 } }), LOCAL);
    const [first, second] = web.pass(0, []).actions;
    const both = [first, second].map(
      (each) => ({ intent: each?.intent ?? "", kind: "done", instance: "same", at: 1 }) as const,
    );
    const decided = web.pass(2, [member("same", { slot: "1", intent: second?.intent ?? "" })], { outcomes: both });
    expect(decided.actions).toEqual([]);
    expect(conditionOf(decided.status, "Stalled")?.reason).toBe("CreateFailed");
  });

  it("is tried again after a lost answer only when a look that began late enough does not show it", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), REMOTE);
    const [create] = web.pass(0, []).actions;
    const outcomes = [{ intent: create?.intent ?? "", kind: "unknown", reason: "reset", at: 10 } as const];
    expect(web.pass(20, [], { outcomes }).actions).toEqual([]);
    const seen = member("i-1", { slot: "0", intent: create?.intent ?? "" });
    const found = web.pass(30, [seen]);
    expect(isConverged(found.status)).toBe(true);
    expect(found.decisions.map(({ type }) => type)).toContain("instance.created");
  });

  it("is treated as unknown after a crash", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), REMOTE);
    web.pass(0, []);
    const after = driven(group({ slots: { kind: "numbered", size: 1 } }), REMOTE, recall(web.memory(), 1_000));
    expect(after.pass(1_000, []).actions).toEqual([]);
    expect(kinds(after.pass(61_000, []).actions)).toEqual(["create 0"]);
  });

  it("that turns up late makes a surplus of which the newest unready one goes", () => {
    const late = member("late", { since: 9 });
    const web = driven(group(), LOCAL);
    const decided = web.pass(10, [...three, late], { verdicts: { late: { kind: "unknown", reason: "starting" } } });
    expect(decided.actions).toMatchObject([{ kind: "destroy", instance: "late", why: "surplus" }]);
  });
});

describe("creates that are refused", () => {
  const one = group({ slots: { kind: "numbered", size: 5 } });

  it("back off, try with one, and make the rest as soon as that one succeeds", () => {
    const web = driven(one, LOCAL);
    const wave = web.pass(0, []).actions;
    const refused = wave.map(({ intent }) => ({ intent, kind: "failed", reason: "disk full", at: 1 }) as const);
    const held = web.pass(2, [], { outcomes: refused });
    expect(held.actions).toEqual([]);
    expect(conditionOf(held.status, "Stalled")).toMatchObject({ holds: true, reason: "CreateFailed" });
    expect(web.memory().creating?.attempts).toBe(1);
    const probe = web.pass(held.wakeAt ?? 0, []);
    expect(probe.actions).toHaveLength(1);
    const at = (held.wakeAt ?? 0) + 1;
    const outcomes = probe.actions.map(({ intent }) => ({ intent, kind: "done", instance: "i", at }) as const);
    const made = member("i", { slot: "0", intent: probe.actions[0]?.intent ?? "" });
    expect(web.pass(at, [made], { outcomes }).actions).toHaveLength(4);
  });

  it("wait longer with every failure, up to ten minutes and a quarter", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), LOCAL);
    let now = 0;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 14; attempt++) {
      const [create] = web.pass(now, []).actions;
      const outcomes = [{ intent: create?.intent ?? "", kind: "failed", reason: "no", at: now } as const];
      const { wakeAt = 0 } = web.pass(now, [], { outcomes });
      waits.push(wakeAt - now);
      now = wakeAt;
    }
    expect(waits[0]).toBeGreaterThanOrEqual(1_000);
    expect(waits[0]).toBeLessThanOrEqual(1_250);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(600_000);
    expect(waits.at(-1)).toBeLessThanOrEqual(750_000);
  });
});

describe("a group that is scaled", () => {
  it("takes away unhealthy ones first, then outdated ones, then the newest", () => {
    const members = [
      member("old", { since: 1 }),
      member("ill", { since: 2 }),
      member("outdated", { since: 3, revision: "r0" }),
      member("young", { since: 4 }),
    ];
    const verdicts = { ill: { kind: "fail", reason: "500" } } as const;
    const to = (size: number) =>
      driven(group({ slots: { kind: "numbered", size } }), LOCAL)
        .pass(5, members, { verdicts })
        .actions.map((action) => (action.kind === "create" ? "" : action.instance));
    expect(to(0)).toEqual(["ill", "outdated", "young", "old"]);
    expect(to(2)).toEqual(["ill"]);
  });

  it("grows while a member is unhealthy", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 4 } }), LOCAL);
    const decided = web.pass(0, three, { verdicts: { "1": { kind: "fail", reason: "500" } } });
    expect(kinds(decided.actions)).toContain("create 3");
  });

  it("goes over to named members without ever having nobody", () => {
    const named = group({
      slots: { kind: "named", names: ["a", "b", "c"] },
      rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }),
    });
    const decided = driven(named, LOCAL).pass(0, three);
    expect(decided.actions).toHaveLength(1);
    expect(decided.actions[0]).toMatchObject({ kind: "destroy", why: "surplus" });
  });

  it("never gives a name on before its last bearer is gone", () => {
    const named = group({
      slots: { kind: "named", names: ["a"] },
      rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }),
    });
    const web = driven(named, REMOTE);
    const old = member("i-1", { slot: "a", revision: "r0" });
    const [destroy] = web.pass(0, [old]).actions;
    expect(destroy).toMatchObject({ kind: "destroy", instance: "i-1", why: "outdated" });
    expect(web.pass(1, [old]).actions).toEqual([]);
    const outcomes = [{ intent: destroy?.intent ?? "", kind: "done", instance: "i-1", at: 2 } as const];
    expect(web.pass(3, [old], { outcomes }).actions).toEqual([]);
    expect(kinds(web.pass(4, []).actions)).toEqual(["create a"]);
  });
});

describe("a change of revision", () => {
  const r2 = group({ revision: "r2", generation: 2 });

  it("makes one more first and takes an old one away when it is ready", () => {
    const web = driven(r2, LOCAL);
    const [create] = web.pass(0, three).actions;
    expect(create).toMatchObject({ kind: "create", slot: "3", why: "outdated", cause: "intentional" });
    const fresh = member("new", { slot: "3", revision: "r2", intent: create?.intent ?? "" });
    const outcomes = [{ intent: create?.intent ?? "", kind: "done", instance: "new", at: 1 } as const];
    const waiting = web.pass(2, [...three, fresh], {
      outcomes,
      verdicts: { new: { kind: "unknown", reason: "starting" } },
    });
    expect(waiting.actions).toEqual([]);
    expect(web.pass(3, [...three, fresh]).actions).toMatchObject([{ kind: "destroy", instance: "0", why: "outdated" }]);
  });

  it("takes the lowest id first where one may be away and none too many", () => {
    const web = driven({ ...r2, rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }) }, LOCAL);
    expect(web.pass(0, three).actions).toMatchObject([{ kind: "destroy", instance: "0" }]);
  });

  it("waits while a new member is not ready", () => {
    const members = [member("0", { revision: "r2" }), member("1"), member("2")];
    const web = driven({ ...r2, rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }) }, LOCAL);
    const decided = web.pass(0, members, { verdicts: { "0": { kind: "unknown", reason: "starting" } } });
    expect(decided.actions).toEqual([]);
    expect(conditionOf(decided.status, "Progressing")?.message).toContain("0 is not ready yet");
  });

  it("is not carried through while the group is paused, and refilling goes on", () => {
    const paused = driven({ ...r2, goal: "pause" }, LOCAL);
    expect(paused.pass(0, three).actions).toEqual([]);
    expect(kinds(paused.pass(1, three.slice(1)).actions)).toEqual(["create 0"]);
  });
});

describe("an unhealthy member", () => {
  const fail = { kind: "fail", reason: "500" } as const;
  const five = ["0", "1", "2", "3", "4"].map((id) => member(id));
  const big = group({ slots: { kind: "numbered", size: 5 } });

  it("is replaced", () => {
    const decided = driven(big, LOCAL).pass(0, five, { verdicts: { "3": fail } });
    expect(decided.actions).toMatchObject([{ kind: "destroy", instance: "3", why: "unhealthy" }]);
  });

  it("is left alone when too many fail together, and the status says so", () => {
    const decided = driven(big, LOCAL).pass(0, five, { verdicts: { "1": fail, "3": fail } });
    expect(decided.actions).toEqual([]);
    expect(conditionOf(decided.status, "Stalled")).toMatchObject({ holds: true, reason: "Breaker" });
  });

  it("of an old revision does not keep the rollout that mends it from going on", () => {
    const decided = driven({ ...big, revision: "r2" }, LOCAL).pass(0, five, {
      verdicts: { "0": fail, "1": fail, "2": fail, "3": fail, "4": fail },
    });
    expect(decided.actions).toMatchObject([{ kind: "destroy", instance: "0", why: "outdated" }]);
  });
});

describe("a property that can be changed in place", () => {
  const changeable = { content: "for ${self.slot}" };

  it("is changed on one member at a time, in that member's words", () => {
    const members = three.map((each) => ({ ...each, properties: { content: "old" } }));
    const decided = driven(group({ changeable }), LOCAL).pass(0, members);
    expect(decided.actions).toMatchObject([{ kind: "update", instance: "0", changes: { content: "for 0" } }]);
    expect(isConverged(decided.status)).toBe(false);
  });

  it("is left alone where it could not be read, and the group says that it cannot tell", () => {
    const decided = driven(group({ changeable }), LOCAL).pass(0, three);
    expect(decided.actions).toEqual([]);
    expect(isConverged(decided.status)).toBe(false);
    expect(conditionOf(decided.status, "Stalled")).toMatchObject({ holds: true, reason: "Unreadable" });
  });
});

describe("a list that shows nobody where there were some", () => {
  it("must be confirmed by a second look when the type is remote", () => {
    const web = driven(group(), REMOTE);
    web.pass(0, three);
    const first = web.pass(10, []);
    expect(first.actions).toEqual([]);
    expect(first.wakeAt).toBe(1_010);
    expect(web.pass(20, []).actions).toEqual([]);
    expect(web.pass(1_010, []).actions).toHaveLength(3);
  });

  it("is put right, and the history says when it was", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const [create] = web.pass(1, three.slice(1)).actions;
    const outcomes = [{ intent: create?.intent ?? "", kind: "done", instance: "new", at: 2 } as const];
    const fresh = member("new", { slot: "0", intent: create?.intent ?? "" });
    const told = web.pass(3, [fresh, ...three.slice(1)], { outcomes }).decisions;
    expect(told).toMatchObject([{ type: "group.converged", cause: "corrective" }]);
    expect(web.pass(4, [fresh, ...three.slice(1)]).decisions).toEqual([]);
  });

  it("is believed at once when it was Muster that destroyed them", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 0 } }), REMOTE);
    const destroys = web.pass(0, three).actions;
    expect(destroys).toHaveLength(3);
    const outcomes = destroys.map(
      ({ intent }, index) => ({ intent, kind: "done", instance: String(index), at: 1 }) as const,
    );
    expect(isConverged(web.pass(2, [], { outcomes }).status)).toBe(true);
  });

  it("is believed at once when the type is local", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const { actions } = web.pass(10, []);
    expect(actions).toHaveLength(3);
    expect(actions[0]?.cause).toBe("corrective");
  });
});

describe("a group that is destroyed", () => {
  const doomed = group({ goal: "destroy" });

  it("waits for creates that are under way, so that none is orphaned", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 1 } }), REMOTE);
    const [create] = web.pass(0, []).actions;
    expect(web.pass(1, [], { declared: doomed }).gone).toBe(false);
    const outcomes = [{ intent: create?.intent ?? "", kind: "done", instance: "i-1", at: 2 } as const];
    expect(web.pass(3, [], { declared: doomed, outcomes }).gone).toBe(false);
    const seen = member("i-1", { slot: "0", intent: create?.intent ?? "" });
    expect(web.pass(4, [seen], { declared: doomed }).actions).toMatchObject([{ kind: "destroy", instance: "i-1" }]);
  });

  it("is gone when nobody is left", () => {
    expect(driven(doomed, LOCAL).pass(0, []).gone).toBe(true);
  });
});

describe("members that a person named", () => {
  it("go first, and are forgotten when they are gone", () => {
    const web = driven(group({ slots: { kind: "numbered", size: 2 } }), LOCAL, { ...emptyMemory(), doomed: ["1"] });
    expect(web.pass(0, three).actions).toMatchObject([{ kind: "destroy", instance: "1", why: "asked for" }]);
    expect(web.memory().doomed).toEqual(["1"]);
    web.pass(1, [member("0"), member("2")]);
    expect(web.memory().doomed).toEqual([]);
  });
});

it("decides the same from the same", () => {
  const situation = { declared: group(), traits: LOCAL, look: look([], 0), memory: emptyMemory(), now: 0, nonce: "n" };
  expect(reconcile(situation)).toEqual(reconcile(situation));
});
