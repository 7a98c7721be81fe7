import { conditionOf, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { type Call, emptyMemory } from "./memory.ts";
import { driven, group, LOCAL, member, POLICY, rollout } from "./scene.test-support.ts";
import { crew, fail, former, type WorldOptions, world } from "./world.test-support.ts";

const MINUTES = 60_000;
const reason = ({ status }: { status: Parameters<typeof conditionOf>[0] }) => {
  const stalled = conditionOf(status, "Stalled");
  return stalled?.holds ? stalled.reason : undefined;
};

/** Two members of three are there and well; nobody who is made comes up while `isBad`. */
function failing(changes: Parameters<typeof group>[0] = {}, isBad = () => true) {
  const health: WorldOptions["health"] = ({ id }) => (id.startsWith("m") && isBad() ? fail : PASS);
  return world(group(changes), { members: crew(2), health });
}

/** A destroy that has been called and not answered. */
function destroying(instance: string, at: number): Call {
  return {
    ...{ intent: `away-${instance}`, kind: "destroy", slot: "9", revision: "", cause: "intentional" },
    ...{ why: "surplus", at, attempt: 1, instance, state: { kind: "called" } },
  };
}

describe("a revision of which so many in a row never come up", () => {
  it("is quarantined, loudly, and the last one is kept to be looked into", () => {
    const web = failing();
    const quarantined = web.until((decided) => reason(decided) === "Quarantined");
    expect(web.creates()).toBe(3);
    expect(web.memory().quarantine).toMatchObject({ revision: "r1", kept: "m4" });
    expect(conditionOf(quarantined.status, "Stalled")?.message).toContain("m4 is kept");
    expect(web.told().filter((type) => type === "revision.quarantined")).toHaveLength(1);
    web.during(9 * MINUTES);
    expect(web.ids()).toContain("m4");
    expect(web.creates()).toBe(3);
  });

  it("is tried again every ten minutes beside the one that is kept, where there is room", () => {
    const web = failing();
    web.until((decided) => reason(decided) === "Quarantined");
    web.during(61 * MINUTES);
    expect(web.creates() - 3).toBeGreaterThanOrEqual(3);
    expect(web.creates() - 3).toBeLessThanOrEqual(6);
    expect(web.ids()).toContain("m4");
    expect(web.members().length).toBeLessThanOrEqual(4);
  });

  it("is tried again in the place of the one that is kept, where there is none", () => {
    const web = failing({ rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }) });
    web.until((decided) => reason(decided) === "Quarantined");
    web.during(31 * MINUTES);
    expect(web.creates() - 3).toBe(3);
    expect(web.members()).toHaveLength(3);
  });

  it("is not tried in the place of the one that is kept while another one is on its way out", () => {
    const web = failing({ repair: { ...POLICY.repair, maxInFlight: 2 } });
    web.until((decided) => reason(decided) === "Quarantined");
    const { kept, againAt } = web.memory().quarantine ?? { kept: "", againAt: 0 };
    const { calls } = web.memory();
    const leaving = destroying("gone", againAt);
    web.remember({ calls: [...calls, leaving] });
    web.wait(againAt - web.now());
    expect(web.pass().actions).toEqual([]);
    web.remember({ calls });
    expect(web.pass().actions).toMatchObject([{ kind: "create", why: "tried again" }]);
    expect(web.ids()).toContain(kept);
  });

  it("is tried in the place of the one that is kept where the room is taken by one that cannot be destroyed", () => {
    const repair = { ...POLICY.repair, maxInFlight: 2 };
    const refused = { kind: "failed", at: 5, reason: "no", retryAt: 1_000_000 } as const;
    const web = driven(group({ slots: { kind: "numbered", size: 1 }, repair }), LOCAL, {
      ...emptyMemory(),
      calls: [{ ...destroying("1", 5), state: refused }],
      quarantine: { revision: "r1", generation: 1, kept: "0", since: 0, againAt: 10 },
    });
    const { actions } = web.pass(20, [member("0"), member("1")], { verdicts: { "0": fail } });
    expect(actions).toMatchObject([{ kind: "destroy", instance: "0" }]);
  });

  it("is not one that was changed in place and failed: nobody was made of it", () => {
    const declared = group({ changeable: { note: "a" }, repair: { ...POLICY.repair, quarantineAfter: 1 } });
    const web = world(declared, {
      members: crew(3, "r1", { note: "a" }),
      health: ({ properties }) => (properties["note"] === "b" ? fail : PASS),
    });
    web.converge();
    web.declare({ changeable: { note: "b" }, former: former("r1", { note: "a" }) });
    web.during(MINUTES);
    expect(web.memory()).toMatchObject({ quarantine: null, rollout: { failure: { kind: "members" } } });
  });

  it("is no more quarantined when everybody is there and well, whoever was kept", () => {
    const web = failing();
    web.until((decided) => reason(decided) === "Quarantined");
    web.declare({ slots: { kind: "numbered", size: 2 } });
    web.converge();
    expect(web.memory().quarantine).toBeNull();
  });

  it("is not tried by a group that is paused on its way to it", () => {
    const web = world(group({ slots: { kind: "numbered", size: 2 } }), {
      members: crew(2),
      health: ({ mark }) => (mark.revision === "r2" ? fail : PASS),
    });
    web.converge();
    const policy = rollout({ maxUnavailable: 1, maxSurge: 1, canary: 1 });
    web.declare({
      revision: "r2",
      former: former(),
      rollout: policy,
      repair: { ...POLICY.repair, quarantineAfter: 1 },
    });
    web.until(() => web.memory().quarantine !== null);
    web.kill(web.members().find(({ mark }) => mark.revision === "r1")?.id ?? "");
    web.declare({ goal: "pause" });
    web.during(60 * MINUTES);
    expect(web.done().filter((action) => action.kind === "create" && action.revision === "r2")).toHaveLength(1);
  });

  it("is tried no more often where several of it fail", () => {
    const web = world(group({ slots: { kind: "numbered", size: 10 } }), {
      members: crew(7),
      health: ({ id }) => (id.startsWith("m") ? fail : PASS),
    });
    web.until(() => web.memory().quarantine !== null);
    web.during(9 * MINUTES);
    expect(web.done().map(({ kind }) => kind)).toEqual(["create", "create", "create"]);
  });

  it("is free again when one comes up, and then everything is made at once", () => {
    let bad = true;
    const web = failing({ slots: { kind: "numbered", size: 8 } }, () => bad);
    web.until(() => web.memory().quarantine !== null);
    bad = false;
    web.converge();
    expect(web.told()).toContain("revision.released");
    expect(web.memory()).toMatchObject({ quarantine: null, streak: null });
  });

  it("is free again when somebody resumes the group", () => {
    const web = failing();
    web.until((decided) => reason(decided) === "Quarantined");
    web.steer({ retriedIn: 2 });
    web.pass();
    expect(web.memory().quarantine).toBeNull();
  });

  it("is forgotten when another one is declared", () => {
    const web = failing();
    web.until((decided) => reason(decided) === "Quarantined");
    web.declare({ revision: "r2" });
    web.pass();
    expect(web.memory()).toMatchObject({ quarantine: null, streak: null });
  });

  it("is so after as many as are declared", () => {
    const web = failing({ repair: { ...POLICY.repair, quarantineAfter: 1 } });
    web.until((decided) => reason(decided) === "Quarantined");
    expect(web.creates()).toBe(1);
  });

  it("is not made by a wave either: whoever is missing waits from the moment it is quarantined", () => {
    const web = world(group({ slots: { kind: "numbered", size: 6 } }), {
      members: crew(2),
      health: ({ id }) => (id.startsWith("m") ? fail : PASS),
    });
    web.until(() => web.memory().quarantine !== null);
    const made = web.creates();
    web.kill("m0", "m1");
    web.during(9 * MINUTES);
    expect(web.creates()).toBe(made);
  });

  it("does not keep members of before from coming back, nor a rollout from being tried on", () => {
    let bad = true;
    const web = world(group({ slots: { kind: "numbered", size: 20 } }), {
      members: crew(20),
      health: ({ mark }) => (bad && mark.revision === "r2" ? fail : PASS),
    });
    web.converge();
    const patient = { ...POLICY.repair, breakerShare: 1 };
    web.declare({ revision: "r2", former: former(), repair: patient, rollout: rollout({ canary: 1 }) });
    web.during(MINUTES);
    web.kill("7");
    web.during(MINUTES);
    expect(web.members().filter(({ mark }) => mark.revision === "r1")).toHaveLength(20);
    bad = false;
    web.steer({ promoted: true, retriedIn: 3 });
    web.converge();
  });
});
