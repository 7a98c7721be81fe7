import type { Decide } from "@muster/runtime";
import { describe, expect, it } from "vitest";
import { NO_FAULTS } from "./faults.ts";
import type { GroupText } from "./grammar.ts";
import type { Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";
import { traceOf } from "./trace.ts";

const SEEDS = 1_000;
/** Beyond those: each has shown a defect of Muster, or of what it was held to. */
const TELLING = [
  ...[1200, 1931, 2224, 2494, 2685, 2720, 3375, 3382, 4689, 6334, 7501, 7805, 8139, 8854, 8938, 9879, 10573, 12134],
  ...[12748, 12857, 13050, 14246, 16586, 23715, 25897, 29509, 34109, 45461, 46531, 46680, 48259, 50006, 50816, 52098],
  ...[55074, 57792, 60471, 62841, 63344, 68142, 74766, 92988, 96626],
];

const group: GroupText = { size: 3, image: "v1", note: "a", flavor: "plain", rollout: {}, repair: {} };
const quiet: Scenario = {
  seed: "quiet",
  settleMs: 0,
  local: true,
  groups: { web: group },
  doings: [],
  faults: NO_FAULTS,
  managers: 1,
  ailments: {},
  room: null,
  calmAfter: 10_000,
};

describe("the production runtime in a simulated world", () => {
  it(`keeps the invariants over ${SEEDS} seeds of faults, crashes and people`, async () => {
    const failed: string[] = [];
    for (const seed of [...Array.from({ length: SEEDS }, (_, index) => index + 1), ...TELLING]) {
      const { violations } = await simulate(String(seed));
      const [first] = violations;
      if (first !== undefined) failed.push(`--seed ${seed}: ${first.invariant}: ${first.detail}`);
    }
    expect(failed).toEqual([]);
  }, 120_000);

  it("makes what is declared, once, and then only looks", async () => {
    const { violations, calls, crashes } = await simulate(quiet);
    expect({ violations, calls, crashes }).toEqual({ violations: [], calls: 3, crashes: 0 });
    expect((await traceOf(quiet)).at(-1)).toContain("the end");
  });

  it("replaces what was killed by hand, and what is of another image", async () => {
    const killed = await simulate({ ...quiet, doings: [{ kind: "kill", at: 1_000, group: "web", count: 2 }] });
    expect({ violations: killed.violations, calls: killed.calls }).toEqual({ violations: [], calls: 5 });
    const changed = await simulate({
      ...quiet,
      doings: [{ kind: "declare", at: 1_000, group: "web", change: { image: "v2" } }],
    });
    expect({ violations: changed.violations, calls: changed.calls }).toEqual({ violations: [], calls: 9 });
  });

  it("gives the same run for the same seed", async () => {
    for (const seed of ["7", "19", "126"]) {
      const [one, other] = [await traceOf(seed), await traceOf(seed)];
      expect(one.length).toBeGreaterThan(20);
      expect(other).toEqual(one);
    }
  });

  it("gives another run for another seed", async () => {
    expect(await traceOf("7")).not.toEqual(await traceOf("8"));
  });

  it("writes nothing twice when it is ended while the answer of the store is on its way", async () => {
    const answer = Promise.withResolvers<void>();
    let isHeld = false;
    const created: (string | undefined)[] = [];
    const { violations } = await simulate(
      {
        ...quiet,
        doings: [
          { kind: "restart", at: 1_000, group: "web" },
          // Later than the grace that whatever is in flight has.
          { kind: "kill", at: 15_000, group: "web", count: 1 },
        ],
        calmAfter: 20_000,
      },
      {
        store: (store) => ({
          ...store,
          async write(...asked) {
            const events = await store.write(...asked);
            if (isHeld || !events.some(({ type }) => type === "instance.created")) return events;
            isHeld = true;
            await answer.promise;
            return events;
          },
        }),
        hear(heard) {
          if (!("kind" in heard)) return;
          if (heard.kind === "befell") answer.resolve();
          if (heard.kind !== "wrote") return;
          created.push(
            ...heard.events.flatMap(({ type, instance }) => (type === "instance.created" ? [instance] : [])),
          );
        },
      },
    );
    expect([violations, isHeld]).toEqual([[], true]);
    expect(created).toHaveLength(4);
    expect(new Set(created).size).toBe(4);
  });

  it("leaves nothing of a life that was killed", async () => {
    const fragile: Scenario = { ...quiet, faults: { ...NO_FAULTS, crash: 0.15 }, calmAfter: 60_000 };
    const { crashes } = await simulate(fragile);
    expect(crashes).toBeGreaterThan(3);
    const lives = (await traceOf(fragile)).flatMap(
      (line) => /Muster (\d+) (starts|is killed)/.exec(line)?.slice(1, 3).join(" ") ?? [],
    );
    // Each life is over before the next one begins.
    expect(lives).toEqual([...lives].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)));
    expect(lives.filter((each) => each.endsWith("killed"))).toHaveLength(crashes);
  });
});

describe("a scenario that fails", () => {
  it("is made smaller as long as it fails in the same way", async () => {
    const noisy: Scenario = {
      ...quiet,
      groups: { web: group, db: group },
      faults: { ...NO_FAULTS, slow: 0.1, lag: 0.5, deaf: 0.5 },
      doings: [
        { kind: "pause", at: 500, group: "db" },
        { kind: "declare", at: 2_000, group: "web", change: { note: "b" } },
        { kind: "declare", at: 3_000, group: "web", change: { image: "v2" } },
      ],
    };
    const { reconcile } = await import("@muster/engine");
    // It forgets how many must stay.
    const decide: Decide = (situation) => {
      const rollout = { ...situation.declared.rollout, maxUnavailable: 3, maxSurge: 0 };
      return reconcile({ ...situation, declared: { ...situation.declared, rollout } });
    };
    const smallest = await shrink(noisy, (scenario) => simulate(scenario, { decide }));
    expect(smallest.violations[0]?.invariant).toContain("never too few");
    expect(smallest.scenario.doings).toEqual([noisy.doings[2]]);
    expect(smallest.scenario.faults).toEqual(NO_FAULTS);
    expect(Object.keys(smallest.scenario.groups)).toEqual(["web"]);
  });
});
