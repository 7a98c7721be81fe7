/** Members that a person has set aside to be looked into: they stay where they are, and are of the group no more. */
import { PASS } from "@muster/model";
import { expect, it } from "vitest";
import { describeMembers } from "./describe.ts";
import { whyNotAside } from "./replace.ts";
import { group, LOCAL, look } from "./scene.test-support.ts";
import { crew, fail, former, world } from "./world.test-support.ts";

it("have another one made in their place, and are not taken away: neither by repair, nor by a rollout, nor as too many", () => {
  const web = world(group(), { members: crew(3), health: ({ id }) => (id === "1" ? fail : PASS) });
  web.remember({ aside: ["1"] });
  web.converge();
  expect(web.ids()).toEqual(["0", "1", "2", "m0"]);
  // It holds what its place holds: the other one has a place of its own.
  expect(web.members().at(-1)?.mark.slot).toBe("3");
  web.declare({ revision: "r2", former: former() });
  web.converge();
  web.declare({ slots: { kind: "numbered", size: 1 } });
  web.converge();
  expect(web.ids()).toContain("1");
  expect(web.ids()).toHaveLength(2);
  web.rest();
});

it("go with their group, and when a person asks for it", () => {
  const web = world(group(), { members: crew(3) });
  web.remember({ aside: ["1", "2"] });
  web.converge();
  web.remember({ doomed: ["1"] });
  web.converge();
  expect(web.ids()).toEqual(["0", "2", "m0", "m1"]);
  expect(web.memory().aside).toEqual(["2"]);
  web.declare({ goal: "destroy" });
  web.until(({ gone }) => gone);
  expect(web.ids()).toEqual([]);
});

it("are shown as what they are", () => {
  const web = world(group(), { members: crew(2) });
  web.remember({ aside: ["1"] });
  const shown = describeMembers({
    declared: group(),
    traits: LOCAL,
    look: look(crew(2), 0),
    memory: web.memory(),
    now: 0,
  });
  expect(shown.map(({ id, state }) => `${id} ${state}`)).toEqual(["0 ready", "1 quarantined"]);
});

it("are not set aside where too few others would be ready", () => {
  const web = world(group(), { members: crew(3) });
  web.converge();
  const why = (declared = group()) =>
    whyNotAside({ declared, traits: LOCAL, look: look(crew(3), 0), memory: web.memory(), now: 0 }, "1");
  expect(why()).toBe("2 of 3 would be known to be ready where 3 must be");
  const four = group({ slots: { kind: "numbered", size: 2 } });
  expect(why(four)).toBeUndefined();
});
