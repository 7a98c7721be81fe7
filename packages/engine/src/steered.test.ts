import { conditionOf, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { driven, group, LOCAL, member, rollout } from "./scene.test-support.ts";
import { crew, fail, former, world } from "./world.test-support.ts";

describe("a group that is only observed", () => {
  it("has nothing done to it, and says what would be, once", () => {
    const web = world(group({ goal: "observe", revision: "r2" }), {
      members: crew(2),
      health: ({ id }) => (id === "1" ? fail : PASS),
    });
    const { status } = web.during(3_600_000);
    expect(web.done()).toEqual([]);
    expect(conditionOf(status, "Converged")).toMatchObject({ holds: false, reason: "Observed" });
    expect(conditionOf(status, "Stalled")?.holds).toBe(false);
    expect(web.told().filter((type) => type === "group.drifted")).toHaveLength(1);
  });

  it("says it again when something else is lacking", () => {
    const web = driven(group({ goal: "observe" }), LOCAL);
    const told = (now: number, count: number) => web.pass(now, crew(count)).decisions.map(({ type }) => type);
    expect([told(0, 2), told(1, 2), told(2, 1), told(3, 3), told(4, 2)]).toEqual([
      ["group.drifted"],
      [],
      ["group.drifted"],
      ["group.converged"],
      ["group.drifted"],
    ]);
  });

  it("says all that is lacking, and that a loss was nobody's doing though something else is declared too", () => {
    const web = driven(group({ goal: "observe", revision: "r2" }), LOCAL);
    const told = (now: number, count: number, verdicts = {}) =>
      web
        .pass(now, crew(count), { verdicts })
        .decisions.filter(({ type }) => type === "group.drifted")
        .map(({ cause, message }) => [cause, message]);
    expect(told(0, 3)).toEqual([["intentional", "3 there, 3 wanted: 3 outdated"]]);
    expect(told(1, 2)).toEqual([["corrective", "2 there, 3 wanted: 1 missing, 2 outdated"]]);
    expect(told(2, 4, { "0": fail })).toEqual([
      ["intentional", "4 there, 3 wanted: 1 surplus, 4 outdated, 1 unhealthy"],
    ]);
  });

  it("knows places by their names", () => {
    const web = driven(group({ goal: "observe", slots: { kind: "named", names: ["a", "b"] } }), LOCAL);
    const members = [member("1", { slot: "a" }), member("2", { slot: "a" }), member("3", { slot: "c" })];
    expect(web.pass(0, members).decisions).toMatchObject([{ message: "3 there, 2 wanted: 1 missing, 2 surplus" }]);
  });

  it("in the middle of a rollout is late for nothing when it is kept again", () => {
    const web = world(group({ rollout: rollout({ onFailure: "revert" }) }), { members: crew(3) });
    web.converge();
    web.declare({ revision: "r2", former: former() });
    web.pass();
    web.declare({ goal: "observe" });
    web.during(24 * 3_600_000);
    web.declare({ goal: "keep" });
    web.converge();
    expect(web.told()).not.toContain("rollout.failed");
  });
});

describe("a group that is destroyed", () => {
  it("goes to the last member, through restarts, refusals and all", () => {
    let busy = true;
    const web = world(group(), {
      members: crew(3),
      refuses: ({ kind, slot }) => (busy && kind === "destroy" && slot === "1" ? "busy" : undefined),
    });
    web.declare({ goal: "destroy" });
    const waiting = web.during(60_000);
    expect(waiting.gone).toBe(false);
    expect(web.ids()).toEqual(["1"]);
    expect(conditionOf(waiting.status, "Stalled")?.reason).toBe("DestroyFailed");
    busy = false;
    web.until(({ gone }) => gone);
    expect(web.creates()).toBe(0);
  });
});
