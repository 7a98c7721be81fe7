import { describe, expect, it } from "vitest";
import { driven, group, LOCAL, member } from "./scene.test-support.ts";

const three = [member("0"), member("1"), member("2")];

describe("why a member is replaced", () => {
  it("is still drift after another group of the stack was declared anew", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const { actions } = web.pass(1, three.slice(1), { declared: group({ generation: 2 }) });
    expect(actions).toMatchObject([{ kind: "create", cause: "corrective" }]);
  });

  it("is still drift in a group that was paused meanwhile", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const { actions } = web.pass(1, three.slice(1), { declared: group({ generation: 2, goal: "pause" }) });
    expect(actions).toMatchObject([{ kind: "create", cause: "corrective" }]);
  });

  it("is a person's wish where the person named the members", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const asked = driven(group(), LOCAL, { ...web.memory(), doomed: ["1"] });
    expect(asked.pass(1, three).actions).toMatchObject([{ kind: "destroy", instance: "1", cause: "intentional" }]);
  });

  it("is the declaration once something else was declared, also when that is taken back", () => {
    const web = driven(group(), LOCAL);
    web.pass(0, three);
    const bigger = group({ generation: 2, slots: { kind: "numbered", size: 4 } });
    expect(web.pass(1, three, { declared: bigger }).actions).toMatchObject([{ kind: "create", cause: "intentional" }]);
    const four = [...three, member("3")];
    const back = web.pass(2, four, { declared: group({ generation: 3 }) });
    expect(back.actions).toMatchObject([{ kind: "destroy", cause: "intentional" }]);
  });
});
