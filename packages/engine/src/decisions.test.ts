import { PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { recall } from "./memory.ts";
import { driven, group, LOCAL, member } from "./scene.test-support.ts";
import { crew, unknown, world } from "./world.test-support.ts";

const one = group({ slots: { kind: "numbered", size: 1 } });

describe("what was under way when Muster ended", () => {
  it("is told when a look shows that a member was destroyed", () => {
    const web = driven(one, LOCAL);
    const [destroy] = web.pass(0, [member("0"), member("1")]).actions;
    expect(destroy).toMatchObject({ kind: "destroy", instance: "1" });
    const after = driven(one, LOCAL, recall(web.memory(), 5)).pass(6, [member("0")]);
    expect(after.decisions).toContainEqual(expect.objectContaining({ type: "instance.destroyed", instance: "1" }));
  });

  it("is told when a look shows that a member was changed", () => {
    const changed = { ...one, changeable: { note: "b" } };
    const web = driven(changed, LOCAL);
    web.pass(0, [member("0", { properties: { note: "a" } })]);
    const memory = recall(web.memory(), 5);
    const done = driven(changed, LOCAL, memory).pass(6, [member("0", { properties: { note: "b" } })]);
    expect(done.decisions).toContainEqual(expect.objectContaining({ type: "instance.updated", instance: "0" }));
    const undone = driven(changed, LOCAL, memory).pass(6, [member("0", { properties: { note: "a" } })]);
    expect(undone.decisions.map(({ type }) => type)).toEqual(["group.decided"]);
  });

  it.each([
    { revision: "r1", changeable: { note: "c" } },
    { revision: "r2", changeable: { note: "b" } },
  ])("is told as what nobody knows when something else is wanted before a look could show it: %o", (wanted) => {
    const web = driven({ ...one, changeable: { note: "b" } }, LOCAL);
    web.pass(0, [member("0", { properties: { note: "a" } })]);
    const later = driven({ ...one, generation: 2, ...wanted }, LOCAL, recall(web.memory(), 5));
    const { decisions } = later.pass(6, [member("0", { properties: { note: "b" } })]);
    const told = decisions.filter(({ type }) => type.startsWith("instance."));
    const message =
      "0 may have been changed: the answer to its update had been lost, and something else is wanted by now";
    expect(told).toMatchObject([{ type: "instance.failed", instance: "0", message }]);
  });
});

it("says that all is as declared also when the new member needed its time to come up", () => {
  const web = world(group(), {
    members: crew(3),
    ended: ({ id }) => id === "1",
    health: ({ id, since }, now) => (id.startsWith("m") && now < since + 5_000 ? unknown : PASS),
  });
  web.until(() => web.told().includes("group.converged"));
  expect(web.revisions()).toBe("r1 r1 r1");
  expect(web.ids()).not.toContain("1");
  web.during(60_000);
  expect(web.told().filter((type) => type === "group.converged")).toHaveLength(1);
});
