import {
  type Document,
  GROUPS_ONLY,
  type GroupDeclaration,
  type RolloutStatus,
  type Stack,
  type Status,
} from "@muster/model";
import { type Declaration, UNSTEERED } from "@muster/store";
import { describe, expect, it } from "vitest";
import { declared, steered } from "./declaring.ts";
import type { Grammar } from "./ports.ts";
import { pause, promote, resume, revert } from "./steering.ts";

/** `{ web: "v1" }`: a group of two, and what is in its template. */
const grammar: Grammar = {
  stackOf: ({ data }): Stack => ({
    ...{ name: "shop", mode: "enforce", providers: {} },
    ...GROUPS_ONLY,
    groups: Object.fromEntries(Object.entries(data).map(([name, note]) => [name, group(name, String(note))])),
  }),
  withoutGroup: () => null,
  onlyGroup: ({ dialect, data }, name) => ({ dialect, data: { [name]: data[name] ?? null } }),
  onlyResource: (document) => document,
  resize: (document) => document,
};

function group(name: string, note: string): GroupDeclaration {
  return {
    ...{ name, slots: { kind: "numbered", size: 2 }, template: { name: "thing", properties: { note } } },
    ...{
      flavor: { name: "vanilla", properties: {} },
      marking: { kind: "muster" },
      rollout: {},
      repair: {},
      checks: [],
    },
  };
}

function documentOf(data: Document["data"]): Document {
  return { dialect: "muster", data };
}

function declare(before: Declaration | undefined, note: string, proven: readonly string[]): Declaration {
  const stack = before && grammar.stackOf(before.document);
  const to = { stack: "shop", document: documentOf({ web: note }), source: "shop.yaml" };
  return declared({ declaration: before, stack, proven: new Set(proven) }, to, "user:ann", grammar).next;
}

describe("what a revert goes back to", () => {
  it("is the version before, where that had reached everyone", () => {
    const v2 = declare(declare(undefined, "v1", []), "v2", ["web"]);
    expect(v2.former).toEqual({ web: documentOf({ web: "v1" }) });
  });

  it("stays the one before that, where the version before had not", () => {
    const v3 = declare(declare(declare(undefined, "v1", []), "v2", ["web"]), "v3", []);
    expect(v3.former).toEqual({ web: documentOf({ web: "v1" }) });
  });

  it("is nothing for a group that was never carried through", () => {
    expect(declare(declare(undefined, "v1", []), "v2", []).former).toEqual({});
  });
});

describe("steering", () => {
  const v2 = declare(declare(undefined, "v1", []), "v2", ["web"]);
  const next = (before: Declaration, turn: Parameters<typeof steered>[2]) =>
    steered(before, "web", turn, undefined, "user:ann")?.next ?? before;

  it("is forgotten with the version that it was about, but a pause is not", () => {
    const reverted = next(next(v2, revert("web", true)), pause);
    expect(reverted.steering["web"]).toMatchObject({ reverted: true, goal: "paused" });
    expect(declare(reverted, "v3", []).steering["web"]).toMatchObject({ reverted: false, goal: "paused" });
  });

  it("is for the version that was declared: to declare another one, and this one again, asks for it", () => {
    const again = declare(declare(v2, "v3", []), "v2", []);
    expect(again.steering["web"]).toEqual({ ...UNSTEERED, retriedIn: again.generation });
    expect(declare(again, "v2", []).steering["web"]).toEqual(again.steering["web"]);
  });

  it("takes a pause away first, and tries again what was reverted when asked once more", () => {
    const paused = next(next(v2, revert("web", true)), pause);
    const resumed = next(paused, resume);
    expect(resumed.steering["web"]).toMatchObject({ reverted: true, goal: "kept" });
    const again = next(resumed, resume);
    expect(again.steering["web"]).toMatchObject({ reverted: false, retriedIn: again.generation });
  });

  it("refuses a revert with nothing to go back to, and a promotion without a canary", () => {
    expect(() => next(v2, revert("web", false))).toThrow(
      expect.objectContaining({ code: "group.nothing-to-revert-to" }),
    );
    expect(() => next(v2, promote("shop/web", 1))).toThrow(expect.objectContaining({ code: "group.no-canary" }));
  });

  it.each<[RolloutStatus["phase"] | "nothing", number | undefined, string, string]>([
    ["nothing", 0, "group.no-canary", "Declare `rollout.canary`"],
    ["paused", 0, "group.no-canary", "Declare `rollout.canary`"],
    ["paused", 1, "group.paused", "`muster group resume shop/web` first"],
    ["failed", 1, "group.canaries-failed", "go back with `muster group revert shop/web`"],
    ["reverted", 1, "group.no-canary", "`muster group resume shop/web` tries the declared one again"],
    ["nothing", 1, "group.no-canary", "`muster group describe shop/web` shows"],
    ["nothing", undefined, "group.no-canary", "`muster group describe shop/web` shows"],
  ])("refuses to promote with what helps there: %s, canary %s", (phase, canaries, code, next) => {
    const status: Status = {
      ...{ generation: 2, observedGeneration: v2.generation, lookedAt: 1, desired: 2, ready: 1, revision: "r" },
      ...{ rollout: phase === "nothing" ? null : { phase, arrived: 1, of: 2 }, conditions: [] },
    };
    const promoted = () => steered(v2, "web", promote("shop/web", canaries), status, "user:ann");
    expect(promoted).toThrow(expect.objectContaining({ code, next: expect.stringContaining(next) }));
  });

  it("promotes the canaries that a look of this declaration shows, and no others", () => {
    const seen = (phase: RolloutStatus["phase"], observedGeneration: number): Status => ({
      ...{ generation: observedGeneration, observedGeneration, lookedAt: 1, desired: 2, ready: 2, revision: "r" },
      ...{ rollout: { phase, arrived: 1, of: 2 }, conditions: [] },
    });
    const promoted = (before: Declaration, status: Status) =>
      steered(before, "web", promote("shop/web", 1), status, "user:ann")?.next?.steering["web"]?.promoted;
    expect(promoted(v2, seen("canary", v2.generation))).toBe(true);
    const refused = expect.objectContaining({ code: "group.no-canary" });
    expect(() => promoted(v2, seen("canary", v2.generation - 1))).toThrow(refused);
    expect(() => promoted(v2, seen("rolling", v2.generation))).toThrow(refused);
    const steering = { web: { ...UNSTEERED, promoted: true } };
    expect(promoted({ ...v2, steering }, seen("rolling", v2.generation))).toBeUndefined();
    expect(() => promoted({ ...v2, steering }, { ...seen("canary", v2.generation), rollout: null })).toThrow(refused);
  });

  it("tells the history what it was and what it is", () => {
    const [event] = steered(v2, "web", pause, undefined, "user:ann")?.events ?? [];
    expect(event).toMatchObject({ actor: "user:ann", before: { goal: UNSTEERED.goal }, after: { goal: "paused" } });
  });
});
