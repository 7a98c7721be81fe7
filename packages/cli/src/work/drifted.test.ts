import type { GroupPlan, ResourceStep, StackPlan } from "@muster/model";
import { describe, expect, it } from "vitest";
import { driftedPart, hasDrifted, intendedPart, isDeclaredSo } from "./drifted.ts";

const step = (address: string, cause: ResourceStep["cause"]): ResourceStep => {
  return { address, effect: "in-place", cause, why: "mode differs", changes: [], after: [] };
};

function group(name: string, declared: GroupPlan["declared"], count: number): GroupPlan {
  const steps = count === 0 ? [] : [{ effect: "create", count, atOnce: count, members: [], why: "missing" } as const];
  const size = { before: 1, after: 1 };
  return { group: name, type: "vm", declared, changes: [], size, steps, away: null, notes: [] };
}

function planned(words: Partial<StackPlan>, steps: readonly ResourceStep[] = []): StackPlan {
  const resources = { steps, unchanged: 0, untold: [], released: [], unmanaged: [], digest: "d" };
  return {
    stack: "shop",
    generation: 1,
    changed: false,
    changes: [],
    mode: "enforce",
    groups: [],
    resources,
    ...words,
  };
}

describe("drift", () => {
  it("is what differs though nobody declared it so; the rest is meant", () => {
    const plan = planned({ groups: [group("a", "unchanged", 1), group("b", "unchanged", 0)] }, [
      step("file./a", "corrective"),
      step("file./b", "intentional"),
    ]);
    const drift = driftedPart(plan);
    expect(drift.groups.map((each) => each.group)).toEqual(["a"]);
    expect(drift.resources?.steps.map(({ address }) => address)).toEqual(["file./a"]);
    expect(hasDrifted(drift)).toBe(true);
    const intended = intendedPart(plan, drift);
    expect([intended?.groups, intended?.resources?.steps.map(({ address }) => address)]).toEqual([[], ["file./b"]]);
  });

  it("is none where everything that differs is meant", () => {
    const drift = driftedPart(planned({}, [step("file./b", "intentional")]));
    expect(hasDrifted(drift)).toBe(false);
    expect(intendedPart(planned({}), driftedPart(planned({})))).toBeUndefined();
  });

  it("is told of a group once, and what the file says of another is meant", () => {
    const drift = driftedPart(planned({ groups: [group("a", "unchanged", 1), group("b", "unchanged", 1)] }));
    const file = planned({ changed: true, groups: [group("a", "unchanged", 1), group("b", "changed", 2)] });
    expect(intendedPart(file, drift)?.groups.map((each) => each.group)).toEqual(["b"]);
  });

  it("is told beside what the file says otherwise of the same thing", () => {
    const drift = driftedPart(planned({}, [step("file./a", "corrective"), step("file./b", "corrective")]));
    const changes = [{ property: "mode", before: "0600", after: "0640", effect: "in-place" } as const];
    const file = planned({ changed: true }, [
      { ...step("file./a", "intentional"), changes },
      step("file./b", "intentional"),
    ]);
    expect(intendedPart(file, drift)?.resources?.steps.map(({ address }) => address)).toEqual(["file./a"]);
  });

  it("is measured by the file where nothing was declared", () => {
    const plan = planned({ generation: 0, changed: true }, [step("file./a", "intentional")]);
    expect(isDeclaredSo(plan)).toBe(true);
    expect(hasDrifted(driftedPart(plan))).toBe(true);
    expect(intendedPart(plan, driftedPart(plan))).toBeUndefined();
    expect(isDeclaredSo(planned({ changed: true }))).toBe(false);
  });

  it("is of files that follow groups what is missing or differs", () => {
    const files = [
      { path: "/a", effect: "create", changes: [] },
      { path: "/b", effect: "released", changes: [] },
    ] as const;
    expect(driftedPart(planned({ files })).files).toEqual([files[0]]);
  });
});
