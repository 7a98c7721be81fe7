/** Members that are there and run no more: a process that has exited, a container that was killed. */

import { PASS } from "@muster/model";
import { expect, it } from "vitest";
import { group, POLICY, rollout } from "./scene.test-support.ts";
import { crew, fail, former, stalledBy, world } from "./world.test-support.ts";

const ten = group({ slots: { kind: "numbered", size: 10 } });

it("are replaced all together and at once, however many they are: there is nobody to be protected", () => {
  const over = new Set(["0", "1", "2", "3", "4", "5", "6", "7"]);
  const web = world(ten, { members: crew(10), ended: ({ id }) => over.has(id) });
  const { actions, status } = web.pass();
  expect(actions.filter(({ kind }) => kind === "destroy")).toHaveLength(8);
  expect(stalledBy(status)).toBeUndefined();
  web.converge();
  expect(web.passes()).toBe(3);
  expect(web.ids().slice(0, 2)).toEqual(["8", "9"]);
});

it("are replaced ever more slowly where each new one ends too, though it was up for a moment", () => {
  const web = world(ten, {
    members: crew(10),
    ended: ({ id, since }, now) => id === "3" || (id.startsWith("m") && now >= since + 500),
  });
  const times: number[] = [];
  while (times.length < 8) if (web.pass().actions.some(({ kind }) => kind === "destroy")) times.push(web.now());
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(waits.every((wait, index) => wait >= 1_000 * 2 ** index)).toBe(true);
});

it("that never came up quarantine their revision, and one is kept to be looked into", () => {
  const web = world(ten, { members: crew(7), ended: ({ id }) => id.startsWith("m") });
  web.during(60_000);
  expect(web.memory().quarantine).toMatchObject({ revision: "r1", kept: expect.stringMatching(/^m/) });
  expect(web.creates()).toBe(3);
});

it("of a version that was quarantined are no reason to leave out those of the other", () => {
  const over = new Set<string>();
  const declared = { revision: "r2", former: former(), rollout: rollout({ maxUnavailable: 1, maxSurge: 0 }) };
  const web = world(ten, { members: crew(10), ended: ({ id, mark }) => mark.revision === "r2" || over.has(id) });
  web.converge();
  web.declare({ ...declared, repair: { ...POLICY.repair, quarantineAfter: 1, breakerShare: 1 } });
  web.until(() => web.memory().quarantine !== null);
  for (const id of ["7", "8", "9"]) over.add(id);
  web.during(60_000);
  expect(web.ids()).not.toContain("8");
});

it("do not make the breaker hold, and what it holds does not hold them", () => {
  const web = world(ten, {
    members: crew(10),
    ended: ({ id }) => Number(id) < 5,
    health: ({ id }) => (id === "5" || id === "6" ? fail : PASS),
  });
  const { actions, status } = web.pass();
  expect(stalledBy(status)).toBe("Breaker");
  expect(actions.map((action) => action.kind === "destroy" && action.instance).toSorted()).toEqual([
    "0",
    "1",
    "2",
    "3",
    "4",
  ]);
});

it("are not waited for as if they were starting", () => {
  const declared = group({ rollout: rollout({ initialDelayMs: 60_000 }) });
  const web = world(declared, {
    members: crew(3).map((each) => ({ ...each, since: 999_990 })),
    ended: ({ id }) => id === "1",
  });
  expect(web.pass().actions).toMatchObject([{ kind: "destroy", instance: "1", why: "unhealthy" }]);
});
