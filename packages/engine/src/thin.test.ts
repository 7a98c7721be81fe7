import { conditionOf, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { driven, group, LOCAL, member, POLICY } from "./scene.test-support.ts";
import { crew, fail, former, type WorldOptions, world } from "./world.test-support.ts";

const unknown = { kind: "unknown", reason: "no answer" } as const;
const four = [member("0"), member("1"), member("2"), member("3", { since: 9 })];

describe("a member that is too many", () => {
  it("stays while its health is unknown and too few others are known to be well", () => {
    const decided = driven(group(), LOCAL).pass(0, four, { verdicts: { "0": unknown, "3": unknown } });
    expect(decided.actions).toEqual([]);
    const { message } = conditionOf(decided.status, "Progressing") ?? {};
    expect(message).toContain("1 too many must stay: 2 are known to be ready, and 3 must be");
  });

  it("goes while it still starts, whoever else is well", () => {
    const starting = [...four.slice(0, 3), member("3", { phase: "starting" })];
    const decided = driven(group(), LOCAL).pass(0, starting, { verdicts: { "0": unknown, "3": unknown } });
    expect(decided.actions).toMatchObject([{ kind: "destroy", instance: "3", why: "surplus" }]);
  });

  it("goes while a rollout is held: a change of size waits for nobody", () => {
    const health: WorldOptions["health"] = ({ mark }) => (mark.revision === "r2" ? fail : PASS);
    const web = world(group(), { members: crew(3), health });
    web.converge();
    web.declare({ revision: "r2", former: former() });
    web.until(({ status }) => status.rollout?.phase === "failed");
    web.declare({ slots: { kind: "numbered", size: 2 } });
    web.during(3_600_000);
    expect(web.revisions()).toBe("r1 r1");
  });

  it("goes while a rollout is held in which nobody could be changed in place: none of them is a better one", () => {
    const web = world(group({ changeable: { note: "a" } }), {
      members: crew(3, "r1", { note: "a" }),
      health: ({ properties }) => (properties["note"] === "b" ? fail : PASS),
    });
    web.converge();
    web.declare({ changeable: { note: "b" }, former: former("r1", { note: "a" }) });
    web.until(({ status }) => status.rollout?.phase === "failed");
    web.kill(...web.members().flatMap(({ id, properties }) => (properties["note"] === "b" ? id : [])));
    web.declare({ slots: { kind: "numbered", size: 1 } });
    web.during(3_600_000);
    expect(web.members()).toHaveLength(1);
  });

  it("goes though the revision is quarantined, when the one that was kept has gone first", () => {
    const sick = new Set(["2"]);
    const web = world(group({ slots: { kind: "numbered", size: 3 } }), {
      members: crew(2),
      health: ({ id }) => (id.startsWith("m") || sick.has(id) ? fail : PASS),
    });
    web.until(() => web.memory().quarantine !== null);
    web.declare({ slots: { kind: "numbered", size: 1 } });
    web.converge();
    expect(web.ids()).toEqual(["0"]);
  });

  it("goes though the revision is quarantined, when the one that is kept in the place of another has recovered", () => {
    const sick = new Set<string>();
    const web = world(
      group({ slots: { kind: "numbered", size: 3 }, repair: { ...POLICY.repair, quarantineAfter: 1 } }),
      {
        members: crew(2),
        health: ({ id }) => (id.startsWith("m") || sick.has(id) ? fail : PASS),
      },
    );
    web.until(() => web.memory().quarantine !== null);
    sick.add("1");
    web.pass();
    web.declare({ slots: { kind: "numbered", size: 1 } });
    web.pass();
    web.pass();
    expect(web.memory().quarantine?.kept).toBe("1");
    sick.clear();
    web.converge();
    expect(web.ids()).toHaveLength(1);
  });

  it("goes from a paused group of another revision: a change of size is no rollout", () => {
    const paused = group({ goal: "pause", revision: "r2", slots: { kind: "numbered", size: 2 } });
    const { actions } = driven(paused, LOCAL).pass(0, four);
    expect(actions.map(({ kind, why }) => `${kind} ${why}`)).toEqual(["destroy surplus", "destroy surplus"]);
  });
});
