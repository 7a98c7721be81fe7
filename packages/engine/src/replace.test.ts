import { conditionOf, PASS } from "@muster/model";
import { describe, expect, it } from "vitest";
import { describeMembers } from "./describe.ts";
import { emptyMemory } from "./memory.ts";
import { whyIrreplaceable } from "./replace.ts";
import { group, LOCAL, look, member, rollout } from "./scene.test-support.ts";
import { crew, fail, former, phaseOf, world } from "./world.test-support.ts";

const sized = (size: number) => ({ kind: "numbered", size }) as const;
const named = { kind: "named", names: ["a", "b"] } as const;
const pair = [member("1", { slot: "a" }), member("2", { slot: "b" })];

function converged(...[declared, options]: Parameters<typeof world>) {
  const web = world(declared, options);
  web.converge();
  web.told().length = 0;
  return web;
}

const did = (web: ReturnType<typeof world>) =>
  web.done().map((action) => (action.kind === "create" ? "create" : `${action.kind} ${action.instance}`));

describe("a member in whose place a person wants an equal one", () => {
  it("goes when the new one beside it counts, and nobody else goes", () => {
    const web = converged(group({ rollout: rollout({ minReadyMs: 5_000 }) }), { members: crew(3) });
    web.remember({ replacing: ["1"] });
    const [create] = web.pass().actions;
    expect(create).toMatchObject({ kind: "create", why: "in another's stead", revision: "r1", cause: "intentional" });
    web.converge();
    expect(did(web)).toEqual(["create", "destroy 1"]);
    expect(web.ids()).toEqual(["0", "2", "m0"]);
    expect(web.memory().replacing).toEqual([]);
  });

  it("is no rollout: nothing of another version is on its way", () => {
    const policy = rollout({ canary: 1 });
    const web = converged(group({ rollout: policy, former: former("r0") }), { members: crew(3) });
    web.remember({ replacing: ["1"] });
    expect(phaseOf(web.pass())).toBeUndefined();
    web.converge();
    expect(web.told().filter((type) => type.startsWith("rollout."))).toEqual([]);
    expect(web.ids()).not.toContain("1");
  });

  it("goes first where one may be away, or its place is its own", () => {
    const away = rollout({ maxUnavailable: 1, maxSurge: 0 });
    const web = converged(group({ slots: named, rollout: away }), { members: pair });
    web.remember({ replacing: ["2"] });
    web.converge();
    expect(did(web)).toEqual(["destroy 2", "create"]);
    expect(web.done()).toMatchObject([{ why: "asked for" }, { why: "replaced", slot: "b" }]);
  });

  it("stays where too few would be ready, and the group says so", () => {
    const web = converged(group({ slots: named }), { members: pair });
    web.remember({ replacing: ["1"] });
    const { actions, status } = web.during(60_000);
    expect(actions).toEqual([]);
    expect(conditionOf(status, "Converged")?.message).toContain("1 must stay: 2 are ready, and 2 must be");
  });

  it("waits while the equal one does not come up", () => {
    const web = converged(group({ slots: sized(2) }), {
      ...{ members: crew(2), health: ({ id }) => (id.startsWith("m") ? fail : PASS) },
    });
    web.remember({ replacing: ["1"] });
    web.during(120_000);
    expect(web.ids()).toEqual(expect.arrayContaining(["0", "1"]));
  });

  it("comes to rest, and what happens afterwards is drift again", () => {
    const web = converged(group(), { members: crew(3) });
    web.remember({ replacing: ["0", "1", "2"] });
    web.converge();
    web.rest();
    expect(web.ids()).toEqual(expect.not.arrayContaining(["0", "1", "2"]));
    web.kill(web.ids()[0] ?? "");
    expect(web.pass()).toMatchObject({ cause: "corrective", actions: [{ kind: "create" }] });
  });

  it("says why it is not as it is wanted", () => {
    const memory = { ...emptyMemory(), replacing: ["1"] };
    const told = describeMembers({ declared: group(), traits: LOCAL, look: look(crew(3), 1), memory, now: 1 });
    expect(told.map(({ state, reason }) => [state, reason])).toEqual([
      ["ready", undefined],
      ["outdated", "somebody wants an equal one in its place"],
      ["ready", undefined],
    ]);
  });
});

describe("it cannot be replaced as things stand", () => {
  const why = (changes: Parameters<typeof group>[0], verdicts = {}, id = "1") =>
    whyIrreplaceable(
      {
        declared: group({ slots: sized(3), ...changes }),
        traits: LOCAL,
        look: look(crew(3), 1, verdicts),
        memory: emptyMemory(),
        now: 2,
      },
      id,
    );
  const none = { rollout: rollout({ maxSurge: 0 }) };
  const one = { rollout: rollout({ maxSurge: 0, maxUnavailable: 1 }) };

  it.each([
    ["no room beside it, and none may be away", why(none), "2 of 3 would be known to be ready where 3 must be"],
    [
      "one may be away, and another one is",
      why(one, { "0": fail }),
      "1 of 3 would be known to be ready where 2 must be",
    ],
    ["it is paused", why({ goal: "pause" }), "the group is paused"],
  ])("where %s", (_where, said, says) => expect(said).toContain(says));

  it.each([
    ["there is room for an equal one", why({})],
    ["one may be away", why(one)],
    ["it is down anyway", why(none, { "1": fail })],
  ])("but it can where %s", (_where, said) => expect(said).toBeUndefined());
});
