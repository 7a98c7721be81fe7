import { conditionOf, type PlanGate, type PlanStep, slotCount } from "@muster/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { Seen } from "./look.ts";
import { emptyMemory, type Memory, recall } from "./memory.ts";
import { planOf } from "./plan.ts";
import { driven, group, LOCAL, look, member, REMOTE, rollout } from "./scene.test-support.ts";
import { world } from "./world.test-support.ts";

interface Asked {
  readonly traits?: Traits;
  readonly memory?: Memory;
  readonly failing?: readonly string[];
  readonly sizeBefore?: number;
}

/** The plan for a group that looks so now. */
function plan(declared: DeclaredGroup, members: readonly Seen[], asked: Asked = {}) {
  const { traits = LOCAL, memory = emptyMemory(), failing = [] } = asked;
  const verdicts = Object.fromEntries(failing.map((id) => [id, { kind: "fail", reason: "down" } as const]));
  const sizeBefore = asked.sizeBefore ?? slotCount(declared.slots);
  const seen = look(members, 1_000_000, verdicts);
  return planOf({ declared, traits, look: seen, memory, sizeBefore, now: 1_000_000 });
}

/** `replace 3 by 1 (outdated)`. */
const told = (steps: readonly PlanStep[]) =>
  steps.map(({ effect, count, atOnce, why, awaits }) => {
    const gate = awaits === undefined ? "" : `after ${gatesOf(awaits).join(", then ")}: `;
    return `${gate}${effect} ${count} by ${atOnce} (${why})`;
  });

function gatesOf({ kind, then }: PlanGate): readonly string[] {
  return then === undefined ? [kind] : [kind, ...gatesOf(then)];
}

const members = (count: number, changes: Parameters<typeof member>[1] = {}) =>
  Array.from({ length: count }, (_, slot) => member(`i-${slot}`, { slot: String(slot), ...changes }));
const old = (count: number) => members(count, { revision: "r0" });
const sized = (size: number, changes: Partial<DeclaredGroup> = {}) =>
  group({ slots: { kind: "numbered", size }, ...changes });
const named = (names: readonly string[], changes: Partial<DeclaredGroup> = {}) =>
  group({ slots: { kind: "named", names }, rollout: rollout({ maxSurge: 0, maxUnavailable: 1 }), ...changes });
const former = { version: "former", revision: "r0", changeable: {}, restarting: [] } as const;

describe("the plan of a group", () => {
  it("has no step where everything is as declared", () => {
    expect(plan(sized(3), members(3))).toEqual({ steps: [], away: { now: 0, most: 0 }, notes: [] });
  });

  it("finds members of a group that is declared for the first time", () => {
    const now = 1_000_000;
    const seen = look(members(2), now);
    const asked = { declared: sized(3), traits: LOCAL, look: seen, memory: emptyMemory(), sizeBefore: undefined, now };
    const { steps, notes, away } = planOf(asked);
    expect(told(steps)).toEqual(["create 1 by 1 (missing)"]);
    expect(notes).toEqual(["2 members are there already, known by the marks"]);
    expect(away).toEqual({ now: 0, most: 0 });
  });

  it("makes all of a new group at once", () => {
    const { steps, away } = plan(sized(3), [], { sizeBefore: 0 });
    expect(steps).toEqual([
      {
        effect: "create",
        count: 3,
        atOnce: 3,
        members: [{ slot: "0" }, { slot: "1" }, { slot: "2" }],
        why: "missing",
      },
    ]);
    expect(away).toEqual({ now: 0, most: 0 });
  });

  it("refills what went away, and says how many are away now", () => {
    const { steps, away } = plan(sized(3), members(2));
    expect(told(steps)).toEqual(["create 1 by 1 (missing)"]);
    expect(away).toEqual({ now: 1, most: 1 });
  });

  it("takes away what is too many, nobody of which is missed", () => {
    const { steps, away } = plan(sized(1), members(3), { sizeBefore: 3 });
    expect(told(steps)).toEqual(["destroy 2 by 2 (surplus)"]);
    expect(away).toEqual({ now: 0, most: 0 });
  });

  it("replaces with nobody away where a new one may come first", () => {
    const { steps, away } = plan(sized(3), old(3));
    expect(told(steps)).toEqual(["replace 3 by 1 (outdated)"]);
    expect(steps[0]?.members.map(({ id }) => id)).toEqual(["i-0", "i-1", "i-2"]);
    expect(away).toEqual({ now: 0, most: 0 });
  });

  it("replaces with as many away as may be, where an old one goes first", () => {
    const { steps, away } = plan(sized(5, { rollout: rollout({ maxUnavailable: 2, maxSurge: 0 }) }), old(5));
    expect(told(steps)).toEqual(["replace 5 by 2 (outdated)"]);
    expect(away).toEqual({ now: 0, most: 2 });
  });

  it("tells a change of size and one of the template apart", () => {
    expect(told(plan(sized(5), old(3), { sizeBefore: 3 }).steps)).toEqual([
      "create 2 by 2 (missing)",
      "replace 3 by 1 (outdated)",
    ]);
    expect(told(plan(sized(3), old(5), { sizeBefore: 5 }).steps)).toEqual([
      "destroy 2 by 1 (surplus)",
      "replace 3 by 1 (outdated)",
    ]);
  });

  it("counts those that are to come as soon as they have come", () => {
    const policy = rollout({ maxUnavailable: 1, maxSurge: 0 });
    const { steps, away } = plan(sized(5, { rollout: policy }), old(3), { sizeBefore: 3 });
    expect(told(steps)).toEqual(["create 2 by 2 (missing)", "replace 3 by 1 (outdated)"]);
    expect(away).toEqual({ now: 0, most: 1 });
  });

  it("says of the missing that beside canaries they come as they were", () => {
    const canary = rollout({ canary: 1, maxSurge: 0, maxUnavailable: 1 });
    const { steps } = plan(sized(5, { rollout: canary, former }), old(3), { sizeBefore: 3 });
    expect(told(steps)).toEqual([
      "create 1 by 1 (missing)",
      "create 1 by 1 (missing; made as before)",
      "after promotion: replace 4 by 1 (outdated)",
    ]);
  });

  it("replaces named members in their own places", () => {
    const cattle = [member("i-1", { slot: "calf", revision: "r0" }), member("i-2", { slot: "cow", revision: "r0" })];
    const { steps, away } = plan(named(["cow", "calf"]), cattle);
    expect(told(steps)).toEqual(["replace 2 by 1 (outdated)"]);
    expect(away.most).toBe(1);
  });

  it("tells a member that is named no longer from one that is named now", () => {
    const cattle = [member("i-1", { slot: "calf" }), member("i-2", { slot: "cow" })];
    const { steps } = plan(named(["cow", "bull"]), cattle);
    expect(told(steps)).toEqual(["destroy 1 by 1 (surplus)", "create 1 by 1 (missing)"]);
    expect(steps.map((step) => step.members)).toEqual([[{ slot: "calf", id: "i-1" }], [{ slot: "bull" }]]);
  });

  it("changes in place what can be, and takes nobody away for it", () => {
    const pages = group({ changeable: { content: "new" }, rollout: rollout({ minReadyMs: 5_000 }) });
    const { steps, away } = plan(pages, members(3, { properties: { content: "old" } }));
    expect(told(steps)).toEqual(["in-place 3 by 1 (content differs)"]);
    expect(away).toEqual({ now: 0, most: 0 });
  });

  it("says of what it restarts that it is away meanwhile", () => {
    const policy = rollout({ maxUnavailable: 1, maxSurge: 0 });
    const pages = group({ changeable: { port: 2 }, restarting: ["port"], rollout: policy });
    const { steps, away } = plan(pages, members(3, { properties: { port: 1 } }));
    expect(told(steps)).toEqual(["restart 3 by 1 (port differs)"]);
    expect(away).toEqual({ now: 0, most: 1 });
  });

  it("stops at canaries that a person promotes, and tells what comes then", () => {
    const canary = rollout({ canary: 1, maxSurge: 2 });
    const { steps } = plan(sized(5, { rollout: canary, former }), old(5));
    expect(told(steps)).toEqual(["replace 1 by 1 (outdated)", "after promotion: replace 4 by 2 (outdated)"]);
    expect(steps[1]?.awaits?.message).toContain("`muster group promote shop/web`");
  });

  it("goes on by itself where time promotes them, and says when", () => {
    const canary = rollout({ canary: 1, bakeMs: 600_000 });
    const { steps } = plan(sized(3, { rollout: canary, former }), old(3));
    expect(told(steps)).toEqual(["replace 1 by 1 (outdated)", "after bake: replace 2 by 1 (outdated)"]);
    expect(steps[1]?.awaits?.message).toContain("healthy for 10m");
  });

  it("waits for minReady of types that are far away, and tells the same", () => {
    const slow = sized(3, { rollout: rollout({ minReadyMs: 10_000, maxUnavailable: 1, maxSurge: 0 }) });
    const { steps, away } = plan(slow, old(3), { traits: REMOTE });
    expect(told(steps)).toEqual(["replace 3 by 1 (outdated)"]);
    expect(away.most).toBe(1);
  });

  it("carries nothing through while the group is paused, but refills it", () => {
    const { steps } = plan(sized(3, { goal: "pause", former }), old(2));
    expect(told(steps)).toEqual(["create 1 by 1 (missing; made as before)", "after resume: replace 3 by 1 (outdated)"]);
  });

  it("says of what is only observed that it waits", () => {
    const { steps } = plan(sized(3, { goal: "observe" }), members(2));
    expect(told(steps)).toEqual(["after enforce: create 1 by 1 (missing)"]);
    expect(plan(sized(3, { goal: "observe" }), members(3)).steps).toEqual([]);
  });

  it("destroys everybody of a group that is to go", () => {
    const { steps, notes } = plan(sized(3, { goal: "destroy" }), members(3));
    expect(told(steps)).toEqual(["destroy 3 by 3 (group destroyed)"]);
    expect(notes).toEqual(["somebody asked for it to be destroyed"]);
  });

  it("replaces a member that fails", () => {
    const { steps, away } = plan(sized(5), members(5), { failing: ["i-3"] });
    expect(told(steps)).toEqual(["replace 1 by 1 (unhealthy)"]);
    expect(away).toEqual({ now: 1, most: 1 });
  });

  it("says what holds everything up, and plans nothing then", () => {
    const { steps, held } = plan(sized(3), members(3), { failing: ["i-0", "i-1"] });
    expect(steps).toEqual([]);
    expect(held).toMatchObject({ reason: "Breaker", message: expect.stringContaining("2 of 3") });
  });

  it("says that a rollout under way is redirected", () => {
    const web = driven(sized(3, { revision: "r1", former }), LOCAL);
    web.pass(0, old(3));
    const next = sized(3, { revision: "r2", generation: 2, former });
    const { notes, steps } = plan(next, old(3), { memory: recall(web.memory(), 10) });
    expect(notes).toEqual(["the rollout that is under way is redirected: 0 had arrived"]);
    expect(told(steps)).toEqual(["replace 3 by 1 (outdated)"]);
  });

  it("takes nobody before a gate as replaced by one that comes behind it", () => {
    const canary = rollout({ canary: 1 });
    const web = world(sized(5, { rollout: canary, former }), { members: old(5) });
    web.until(({ status }) => conditionOf(status, "Converged")?.reason === "CanaryWaits");
    const { steps } = plan(sized(3, { rollout: canary, former }), web.members(), { memory: web.memory() });
    expect(told(steps)).toEqual(["destroy 2 by 1 (surplus)", "after promotion: replace 2 by 1 (outdated)"]);
  });

  it("names every gate, the first one first, where a group is paused while its canary waits", () => {
    const declared = sized(3, { rollout: rollout({ canary: 1 }), former });
    const web = world(declared, { members: old(3) });
    web.until(({ status }) => conditionOf(status, "Converged")?.reason === "CanaryWaits");
    const paused = { ...declared, goal: "pause" as const, generation: 2 };
    const { steps } = plan(paused, web.members(), { memory: web.memory() });
    expect(told(steps)).toEqual(["after resume, then promotion: replace 2 by 1 (outdated)"]);
  });

  it("says when it goes on where the hour allows no more", () => {
    const three = sized(3, { repair: { ...group().repair, createsPerHour: 1 } });
    const { steps, notes } = plan(three, [], { sizeBefore: 0 });
    expect(told(steps)).toEqual(["create 3 by 1 (missing)"]);
    expect(notes).toEqual([
      "1 may be made in an hour, and no more (repair.createsPerHour): it goes on at 1970-01-01T01:16:40Z, and for the last time at 1970-01-01T02:16:40Z",
    ]);
  });

  it("says that a version was reverted, and what tries it again", () => {
    const reverted = { reverted: true, promoted: false, retriedIn: 1 };
    const { steps, held } = plan(sized(3, { former, steered: reverted }), old(3));
    expect(steps).toEqual([]);
    expect(held).toMatchObject({
      reason: "Reverted",
      message: expect.stringContaining("muster group resume shop/web"),
    });
  });

  it("takes what a Muster has under way for done, and what an ended one had for lost", () => {
    const web = driven(sized(1), LOCAL);
    web.pass(0, []);
    const kept = plan(sized(1), [], { memory: web.memory() });
    expect([told(kept.steps), kept.notes]).toEqual([[], ["1 call is under way already"]]);
    expect(told(plan(sized(1), [], { memory: recall(web.memory(), 10) }).steps)).toEqual(["create 1 by 1 (missing)"]);
  });
});

describe("the plan of a big group", () => {
  it.each([
    [rollout({ maxSurge: 1 }), 1, 0],
    [rollout({ maxSurge: 1_000 }), 1_000, 0],
    [rollout({ maxUnavailable: 500, maxSurge: 0 }), 500, 500],
  ])("tells all of it, though not all of it was imagined", (policy, atOnce, most) => {
    const { steps, away } = plan(sized(10_000, { rollout: policy }), old(10_000));
    expect(told(steps)).toEqual([`replace 10000 by ${atOnce} (outdated)`]);
    expect(steps[0]?.members[0]).toEqual({ slot: "0", id: "i-0" });
    expect(steps[0]?.members.length).toBeLessThanOrEqual(10);
    expect(away.most).toBe(most);
  });

  it("tells canaries from the others beyond what was imagined", () => {
    const canary = rollout({ canary: 400, maxSurge: 1 });
    const { steps } = plan(sized(10_000, { rollout: canary, former }), old(10_000));
    expect(told(steps)).toEqual(["replace 400 by 1 (outdated)", "after promotion: replace 9600 by 1 (outdated)"]);
  });

  it("tells creates that the hour does not allow", () => {
    const seldom = sized(5_000, { repair: { ...group().repair, createsPerHour: 2 } });
    expect(told(plan(seldom, []).steps)).toEqual(["create 5000 by 2 (missing)"]);
  });
});

describe("whatever there is and whatever is wanted", () => {
  const anything = fc.record({
    size: fc.nat(12),
    there: fc.array(fc.constantFrom("r0", "r1"), { maxLength: 12 }),
    maxUnavailable: fc.nat(4),
    maxSurge: fc.nat(4),
    minReadyMs: fc.constantFrom(0, 3_000),
    canary: fc.nat(3),
  });

  it("comes out at the declared number, and takes away no more than may be", () => {
    fc.assert(
      fc.property(anything, ({ size, there, maxUnavailable, maxSurge, minReadyMs, canary }) => {
        const policy = rollout({
          maxUnavailable,
          maxSurge: maxUnavailable + maxSurge === 0 ? 1 : maxSurge,
          minReadyMs,
          canary,
        });
        const seen = there.map((revision, slot) => member(`i-${slot}`, { slot: String(slot), revision }));
        const { steps, away, held } = plan(sized(size, { rollout: policy, former }), seen);
        const sum = (effect: string) =>
          steps.reduce((all, step) => (step.effect === effect ? all + step.count : all), 0);
        expect(held).toBeUndefined();
        expect(seen.length + sum("create") - sum("destroy")).toBe(size);
        const outdated = there.filter((revision) => revision === "r0").length;
        // Beside canaries the missing come back as they were, and are replaced when those are promoted.
        const asBefore = canary > 0 ? sum("create") : 0;
        expect(sum("replace")).toBeLessThanOrEqual(outdated + asBefore);
        expect(sum("replace") + sum("destroy")).toBeGreaterThanOrEqual(outdated);
        expect(away.most).toBeLessThanOrEqual(Math.max(away.now, maxUnavailable));
      }),
    );
  });
});
