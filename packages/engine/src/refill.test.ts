import { describe, expect, it } from "vitest";
import { driven, group, LOCAL, member, REMOTE, rollout } from "./scene.test-support.ts";
import { changed, crew } from "./world.test-support.ts";

it("forgets that creating failed once the group is as declared, however the member came to be", () => {
  const web = driven(group({ slots: { kind: "numbered", size: 2 } }), LOCAL);
  const [one, other] = web.pass(0, []).actions.map(({ intent }) => intent);
  const outcomes = [
    { intent: one ?? "", kind: "failed", reason: "no", at: 1 } as const,
    { intent: other ?? "", kind: "unknown", reason: "reset", at: 1 } as const,
  ];
  web.pass(2, [], { outcomes });
  expect(web.memory().creating?.attempts).toBe(1);
  web.pass(3, [member("0"), member("1", { intent: other ?? "" })]);
  expect(web.memory().creating).toBeNull();
});

it("does not give a place on while its last bearer may still be there", () => {
  const web = driven(group({ slots: { kind: "numbered", size: 1 }, revision: "r2" }), REMOTE);
  const old = member("old", { slot: "0" });
  const fresh = member("new", { slot: "1", revision: "r2" });
  const [destroy] = web.pass(0, [old, fresh]).actions;
  expect(destroy).toMatchObject({ kind: "destroy", instance: "old" });
  const outcomes = [{ intent: destroy?.intent ?? "", kind: "failed", reason: "busy", at: 1 } as const];
  web.pass(2, [old], { outcomes });
  expect(web.pass(1_002, [old]).actions).toMatchObject([{ kind: "create", slot: "1" }]);
});

describe("what is made in the place of a member that a rollout took away", () => {
  const stopFirst = rollout({ maxUnavailable: 1, maxSurge: 0 });

  it("is said to be so", () => {
    const web = changed(3, { rollout: stopFirst });
    web.converge();
    const made = web.done().filter(({ kind }) => kind === "create");
    expect(made.map(({ why }) => why)).toEqual(["replaced", "replaced", "replaced"]);
    expect(web.messages()).toContain("2 there, 3 wanted: making 1 (replaced)");
  });

  it("is told from what has vanished: a name by its name, numbers by how many would be there", () => {
    const made = (slots: Parameters<typeof group>[0], gone: readonly string[]) => {
      const web = driven(group({ revision: "r2", rollout: stopFirst, ...slots }), LOCAL);
      const named = ["a", "b", "c"].map((slot, index) => member(String(index), { slot }));
      const all = slots?.slots?.kind === "named" ? named : crew(3);
      const [first] = web.pass(0, all).actions;
      const instance = first?.kind === "destroy" ? first.instance : expect.fail();
      const outcomes = [{ intent: first?.intent ?? "", kind: "done", instance, at: 1 } as const];
      const left = all.filter(({ id }) => id !== instance && !gone.includes(id));
      return web.pass(2, left, { outcomes }).actions.map(({ why }) => why);
    };
    expect(made({}, [])).toEqual(["replaced"]);
    expect(made({}, ["0", "1", "2"])).toEqual(["replaced", "missing", "missing"]);
    const slots = { kind: "named", names: ["a", "b", "c"] } as const;
    expect(made({ slots }, []).toSorted()).toEqual(["replaced"]);
    expect(made({ slots }, ["0", "1", "2"]).toSorted()).toEqual(["missing", "missing", "replaced"]);
  });

  it("is missing where the one that was taken away had its successor already, and another one vanished", () => {
    const web = driven(group({ revision: "r2" }), LOCAL);
    const fresh = member("new", { slot: "3", revision: "r2" });
    const [destroy] = web.pass(0, [...crew(3), fresh]).actions;
    expect(destroy).toMatchObject({ kind: "destroy", why: "outdated" });
    const outcomes = [{ intent: destroy?.intent ?? "", kind: "done", instance: "0", at: 1 } as const];
    expect(web.pass(2, [member("2"), fresh], { outcomes }).actions).toMatchObject([{ kind: "create", why: "missing" }]);
  });
});
