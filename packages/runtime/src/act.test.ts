import type { Action, DeclaredGroup, Seen } from "@muster/engine";
import { type GroupDeclaration, type JsonObject, musterMarks } from "@muster/model";
import type { Flavor, TaggedProvider, TaggedType } from "@muster/plugin";
import { expect, it } from "vitest";
import { act } from "./act.ts";
import type { BoundGroup } from "./bind.ts";
import { heldClock } from "./test/clock.ts";

const called: string[] = [];

/** A group of things that are treated as told; what is called is noted. */
function treated(flavor: Partial<Flavor>): BoundGroup {
  called.length = 0;
  const group: GroupDeclaration = {
    ...{ name: "web", slots: { kind: "numbered", size: 1 }, flavor: { name: "probed", properties: {} } },
    ...{ template: { name: "thing", properties: {} }, marking: { kind: "muster" }, rollout: {}, repair: {} },
  };
  const declared = {
    ...{ stack: "shop", name: "web", revision: "r1", slots: group.slots },
    rollout: { drainTimeoutMs: 300_000 },
  } as DeclaredGroup;
  const treatment = { group, flavor: { name: "probed", ...flavor } as Flavor, marks: musterMarks };
  return {
    ...{ declared, settings: {}, treatments: { declared: treatment, former: treatment } },
    ...{ traits: { settleMs: 0, local: true }, assignment: { group } as BoundGroup["assignment"] },
    type: { known: "tags", name: "thing" } as TaggedType,
    provider: {
      known: "tags",
      scope: "/",
      create: async () => ({ id: called.push("create").toString() }),
      destroy: async () => void called.push("destroy"),
    } as Partial<TaggedProvider> as TaggedProvider,
  };
}

const common = { intent: "i1", slot: "0", cause: "intentional", why: "missing" } as const;
const create: Action = { ...common, kind: "create", version: "declared", revision: "r1" };
const destroy: Action = { ...common, kind: "destroy", instance: "m" };
const member: Seen = {
  ...{ id: "m", tags: {}, phase: "running", properties: {}, since: 0 },
  mark: { stack: "shop", owner: "web", slot: "0", intent: "i0", revision: "r1" },
};

it("does not wait for ever for a flavor that prepares a member and never ends", async () => {
  const clock = heldClock();
  const bound = treated({ prepare: () => new Promise(() => undefined) });
  const acted = act(bound, create, undefined, clock, () => true);
  await clock.advance(600_000);
  expect((await acted).outcome).toMatchObject({ kind: "unknown", reason: expect.stringContaining("did not prepare") });
  expect(called).toEqual([]);
});

it("begins no call any more that is not meant any more, however long a member was drained", async () => {
  const { promise, resolve: drained } = Promise.withResolvers<void>();
  const bound = treated({ drain: () => promise });
  let isMeant = true;
  const acted = act(bound, destroy, member, heldClock(), () => isMeant);
  isMeant = false;
  drained();
  expect((await acted).outcome.kind).toBe("dropped");
  expect(called).toEqual([]);
});

it("waits until nobody is sent to a member any more, and drains and destroys it then", async () => {
  const { promise, resolve: gone } = Promise.withResolvers<void>();
  const bound = treated({ drain: async () => void called.push("drain") });
  const acted = act(
    bound,
    destroy,
    member,
    heldClock(),
    () => true,
    () => promise,
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(called).toEqual([]);
  gone();
  expect(await acted).toMatchObject({ outcome: { kind: "done" } });
  expect((await acted).forced).toBeUndefined();
  expect(called).toEqual(["drain", "destroy"]);
});

it("waits for that half of a member's time to leave, and says that it went by force", async () => {
  const clock = heldClock();
  const drained: number[] = [];
  const bound = treated({ drain: async () => void drained.push(clock.now()) });
  const signals: AbortSignal[] = [];
  const never = (_: string, signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<void>(() => undefined);
  };
  const acted = act(bound, destroy, member, clock, () => true, never);
  await clock.advance(149_999);
  expect(called).toEqual([]);
  await clock.advance(1);
  expect((await acted).forced).toContain("m was not taken out of what sends work to it within 150 s");
  expect(drained).toEqual([150_000]);
  expect(signals[0]?.aborted).toBe(true);
});

it("drains nobody who is not meant to go any more when that is over", async () => {
  const { promise, resolve: gone } = Promise.withResolvers<void>();
  let isMeant = true;
  const bound = treated({ drain: async () => void called.push("drain") });
  const acted = act(
    bound,
    destroy,
    member,
    heldClock(),
    () => isMeant,
    () => promise,
  );
  isMeant = false;
  gone();
  expect((await acted).outcome.kind).toBe("dropped");
  expect(called).toEqual([]);
});

it("waits for it before a change that takes the member away for a moment, and before no other", async () => {
  const bound = treated({});
  const changing: BoundGroup = {
    ...bound,
    type: { ...bound.type, effects: { args: "restart", note: "in-place" } } as TaggedType,
    provider: { ...bound.provider, update: async () => void called.push("update") } as TaggedProvider,
  };
  const asked: string[] = [];
  const withdrawn = async (id: string) => void asked.push(id);
  const update = (changes: JsonObject): Action => ({ ...common, kind: "update", instance: "m", changes });
  await act(changing, update({ note: "b" }), member, heldClock(), () => true, withdrawn);
  expect(asked).toEqual([]);
  await act(changing, update({ args: [] }), member, heldClock(), () => true, withdrawn);
  expect(asked).toEqual(["m"]);
  expect(called).toEqual(["update", "update"]);
});
