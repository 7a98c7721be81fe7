import type { GroupPlan, PlanStep, StackPlan } from "@muster/model";
import { describe, expect, it } from "vitest";
import { hasChanges, isRefused, plansText } from "./plan.ts";

const replace: PlanStep = {
  effect: "replace",
  count: 100_000,
  atOnce: 10_000,
  members: [0, 1, 2, 3].map((number) => ({ slot: String(number), id: `i-${number}` })),
  why: "outdated",
};

function planned(group: Partial<GroupPlan>, stack: Partial<StackPlan> = {}): StackPlan {
  const web: GroupPlan = {
    group: "web",
    type: "vm",
    declared: "unchanged",
    changes: [],
    size: { before: 100_000, after: 100_000 },
    steps: [],
    away: { now: 0, most: 0 },
    notes: [],
    ...group,
  };
  return { stack: "shop", generation: 1, changed: false, changes: [], mode: "enforce", groups: [web], ...stack };
}

const told = (...plan: Parameters<typeof planned>) => plansText([planned(...plan)], { colors: false });

describe("a plan in words", () => {
  it("says of what changes nothing only that", () => {
    expect(told({})).toBe("Nothing to do.\n");
    expect(hasChanges(planned({}))).toBe(false);
    expect(told({ notes: ["1 call is under way already"] })).toBe("Nothing to do.\n");
  });

  it("tells of files what becomes of them, and nothing of those that are as declared", () => {
    const files = [
      { path: "/a", effect: "create", changes: [] },
      { path: "/b", effect: "in-place", changes: ["content", "mode"] },
      { path: "/c", effect: "none", changes: [] },
      { path: "/d", effect: "released", changes: [] },
      { path: "/e", effect: "none", changes: [], held: { reason: "file.conflict", message: "it is not Muster's" } },
    ] as const;
    expect(told({}, { files }).split("\n")).toEqual([
      "/a  create",
      "/b  change in place: content, mode",
      "/d  no longer declared: it stays",
      "/e  left as it is: it is not Muster's",
      "",
    ]);
    expect(hasChanges(planned({}, { files }))).toBe(true);
    expect(hasChanges(planned({}, { files: [files[2]] }))).toBe(false);
  });

  it("counts many that are alike, and names a few", () => {
    const changed = { declared: "changed", changes: ["template.image"] } as const;
    expect(told({ ...changed, steps: [replace], away: { now: 1, most: 10_001 } })).toBe(
      [
        "shop/web  declared otherwise: template.image",
        "  replace 100,000 members in batches of 10,000 (outdated): i-0, i-1, i-2 and 99,997 more",
        "  at most 10,001 of 100,000 away, 1 now",
        "",
      ].join("\n"),
    );
  });

  it("calls named members by their names, and all of a few", () => {
    const members = ["cow", "calf", "bull"].map((slot) => ({ slot, id: `/srv/${slot}` }));
    const steps = [{ ...replace, count: 3, atOnce: 1, members }];
    expect(told({ steps, size: { before: 3, after: 3 }, away: { now: 0, most: 1 } })).toContain(
      "  replace 3 members, one at a time (outdated): cow, calf, bull\n  at most 1 of 3 away\n",
    );
  });

  it("tells a change of the stack itself, and one in words only", () => {
    expect(told({}, { changed: true, changes: ["mode"] })).toBe("shop  declared otherwise: mode\n");
    expect(told({}, { changed: true })).toBe("shop  declared otherwise: in other words\n");
    expect(hasChanges(planned({}, { changed: true }))).toBe(true);
  });

  it("says what is in the way, and what could not be told", () => {
    expect(told({ held: { reason: "Breaker", message: "2 of 3 members fail together" } })).toBe(
      "shop/web  declared as before\n  2 of 3 members fail together\n",
    );
    expect(told({ away: null, untold: { reason: "look.denied", message: "no right to list" } })).toBe(
      "shop/web  declared as before\n  cannot be told: no right to list\n",
    );
  });

  it("tells every gate before a step, in their order", () => {
    const then = { kind: "promotion", message: "when the canary is promoted" } as const;
    const step: PlanStep = { ...replace, awaits: { kind: "resume", message: "paused", then } };
    expect(told({ steps: [step] })).toContain("  paused:\n  when the canary is promoted:\n  replace 100,000 members");
  });

  it("gives what is impossible its way out", () => {
    const step: PlanStep = {
      ...replace,
      effect: "impossible",
      why: "it cannot become file",
      next: "Declare a new one.",
    };
    const plan = planned({ declared: "changed", changes: ["template"], steps: [step], away: null });
    expect(plansText([plan], { colors: false })).toBe(
      "shop/web  declared otherwise: template\n  impossible: it cannot become file\n  next: Declare a new one.\n",
    );
    expect(isRefused(plan)).toBe(true);
  });

  it("prints nothing that would command a terminal", () => {
    const steps = [{ ...replace, count: 1, members: [{ slot: "0", id: "i\u001b[2J" }] }];
    expect(told({ steps })).not.toContain("\u001b");
  });
});
