/** A pass that changes nothing gives back the very memory it was given: else Muster would write for ever. */
import { PASS, type Verdict } from "@muster/model";
import { describe, expect, it } from "vitest";
import type { DeclaredGroup } from "./declared.ts";
import { group, POLICY, rollout } from "./scene.test-support.ts";
import { crew, fail, former, unknown, type WorldOptions, world } from "./world.test-support.ts";

const ofR2 =
  (verdict: Verdict): WorldOptions["health"] =>
  ({ mark }) =>
    mark.revision === "r2" ? verdict : PASS;

interface Case {
  readonly is: string;
  readonly size?: number;
  readonly to?: Partial<DeclaredGroup>;
  readonly world?: WorldOptions;
  readonly lasts?: number;
}

const cases: readonly Case[] = [
  { is: "converged" },
  { is: "paused before a change", to: { goal: "pause", revision: "r2" } },
  { is: "with canaries that wait", to: { revision: "r2", rollout: rollout({ canary: 1 }) } },
  { is: "with canaries that bake", to: { revision: "r2", rollout: rollout({ canary: 1, bakeMs: 10 * 3_600_000 }) } },
  { is: "held because a new member fails", to: { revision: "r2" }, world: { health: ofR2(fail) } },
  { is: "stuck behind one that nobody can tell about", to: { revision: "r2" }, world: { health: ofR2(unknown) } },
  {
    is: "reverted by itself",
    to: { revision: "r2", rollout: rollout({ onFailure: "revert" }) },
    world: { health: ofR2(fail) },
  },
  { is: "reverted by a person", to: { revision: "r2", steered: { reverted: true, promoted: false, retriedIn: 2 } } },
  { is: "held by the breaker", world: { health: () => fail } },
  {
    is: "of some that fail and cannot be destroyed",
    to: { repair: { ...POLICY.repair, maxInFlight: 0 } },
    world: { health: ({ id }) => (id === "2" || id === "0" ? fail : PASS) },
  },
  {
    is: "quarantined",
    to: { slots: { kind: "numbered", size: 4 } },
    world: { health: ({ id }) => (id.startsWith("m") ? fail : PASS) },
    lasts: 60_000,
  },
  { is: "only observed, and different", to: { goal: "observe", revision: "r2", slots: { kind: "numbered", size: 5 } } },
  { is: "of unknown health", world: { health: () => unknown } },
  {
    is: "at the end of its creates",
    to: { slots: { kind: "numbered", size: 9 }, repair: { ...POLICY.repair, createsPerHour: 2 } },
  },
  { is: "of members that could not be read", to: { changeable: { note: "a" } } },
];

describe("a group that is", () => {
  it.each(cases)("$is comes to rest, in whatever order it is listed", ({ to = {}, world: of, lasts = 3_600_000 }) => {
    const web = world(group(), { members: crew(3), ...of });
    web.during(60_000);
    web.declare({ former: former(), ...to });
    web.during(lasts);
    const { actions } = web.rest(5);
    expect(actions).toEqual([]);
  });
});

describe("memory", () => {
  it("says of a big group no more than of a small one when nothing is going on", () => {
    const web = world(
      group({ slots: { kind: "numbered", size: 1_000 }, repair: { ...POLICY.repair, createsPerHour: 1_000 } }),
    );
    web.converge();
    web.rest();
    expect(JSON.stringify(web.memory()).length).toBeLessThan(1_000);
  });

  it("is small again when a rollout with failures is over", () => {
    let bad = true;
    const web = world(group({ slots: { kind: "numbered", size: 20 }, rollout: rollout({ maxSurge: 5 }) }), {
      members: crew(20),
      health: ({ id }) => (bad && id === "m7" ? fail : PASS),
    });
    web.converge();
    web.declare({ revision: "r2", former: former() });
    web.during(600_000);
    bad = false;
    web.converge();
    web.rest();
    expect(web.memory()).toMatchObject({ calls: [], young: {}, rollout: null, failing: [], streak: null });
  });
});
