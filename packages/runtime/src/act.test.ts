import type { Action, DeclaredGroup, Seen } from "@muster/engine";
import { type GroupDeclaration, type JsonObject, musterMarks, type Tags } from "@muster/model";
import { type Flavor, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { describe, expect, it } from "vitest";
import { act } from "./act.ts";
import type { BoundGroup } from "./bind.ts";
import { hostPorts } from "./host-ports.ts";
import { heldClock } from "./test/clock.ts";

const called: string[] = [];

/** A group of things that are treated as told; what is called is noted. */
function treated(flavor: Partial<Flavor>, provider: Partial<TaggedProvider> = {}): BoundGroup {
  called.length = 0;
  const group: GroupDeclaration = {
    ...{ name: "web", slots: { kind: "numbered", size: 1 }, flavor: { name: "probed", properties: {} } },
    ...{
      template: { name: "thing", properties: {} },
      marking: { kind: "muster" },
      rollout: {},
      repair: {},
      checks: [],
    },
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
      destroy: async (id) => void called.push(`destroy ${id}`),
      ...provider,
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

it("gives each member a port of its own, where its properties or its flavor speak of one", async () => {
  const asked: JsonObject[] = [];
  const tags: Tags[] = [];
  const bound = treated({
    prepare: async (want, _member, flavor) => {
      asked.push(flavor);
      return want;
    },
  });
  const group = {
    ...bound.treatments.declared.group,
    template: { name: "thing", properties: { env: { PORT: "${self.port}" } } },
  };
  const flavored = { ...group, flavor: { name: "probed", properties: { url: "http://127.0.0.1:${self.port}/" } } };
  const treatment = { ...bound.treatments.declared, group: flavored };
  const listening: BoundGroup = {
    ...{ ...bound, treatments: { declared: treatment, former: treatment }, hostPorts: hostPorts(() => new Set()) },
    type: { ...bound.type, ports: true } as TaggedType,
    provider: {
      ...bound.provider,
      create: async (want: JsonObject, its: Tags) => {
        asked.push(want);
        tags.push(its);
        return { id: "m" };
      },
    } as TaggedProvider,
  };
  await act(listening, create, undefined, heldClock(), () => true);
  const port = tags[0]?.["muster.port"];
  expect(port).toMatch(/^2\d{4}$/);
  expect(asked).toEqual([{ url: `http://127.0.0.1:${port}/` }, { env: { PORT: port } }]);
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

describe("a member that was made", () => {
  const tags = musterMarks.write({ stack: "shop", owner: "web", slot: "0", intent: "i1", revision: "r1" });

  it("is started by its flavor, which is told of whom, before the create is done", async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    const asked: unknown[] = [];
    const bound = treated({
      async started(observed) {
        asked.push(observed);
        await promise;
        called.push("started");
      },
    });
    const clock = heldClock();
    const acted = act(bound, create, undefined, clock, () => true);
    await clock.advance(59_999);
    expect(called).toEqual(["create"]);
    finish();
    expect((await acted).outcome).toMatchObject({ kind: "done", instance: "1" });
    expect(called).toEqual(["create", "started"]);
    expect(asked).toEqual([{ id: "1", tags, phase: "running", properties: {}, since: 0 }]);
  });

  it("is not started where it was never made", async () => {
    const bound = treated(
      { started: async () => void called.push("started") },
      { create: () => Promise.reject(new ProviderError("no-space", "full")) },
    );
    const { outcome } = await act(bound, create, undefined, heldClock(), () => true);
    expect(outcome).toMatchObject({ kind: "failed", reason: "full" });
    expect(called).toEqual([]);
  });

  it("is taken away again when it could not be started, and the create has failed", async () => {
    const { promise: gone, resolve: goAway } = Promise.withResolvers<void>();
    const bound = treated(
      { started: () => Promise.reject(new Error("the register is closed")) },
      {
        async destroy(id) {
          called.push(`destroy ${id}`);
          await gone;
        },
      },
    );
    let isOver = false;
    const clock = heldClock();
    const acted = act(bound, create, undefined, clock, () => true).finally(() => {
      isOver = true;
    });
    await clock.advance(0);
    expect([called, isOver]).toEqual([["create", "destroy 1"], false]);
    goAway();
    const reason = "1 was made and could not be started: the register is closed";
    expect((await acted).outcome).toEqual({ kind: "failed", intent: "i1", reason, at: 0 });
  });

  it("is taken away again when its start takes longer than a minute; whoever starts it is told", async () => {
    let isTold = false;
    const bound = treated({
      started: (_, __, { signal }) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            isTold = true;
          });
        }),
    });
    const clock = heldClock();
    const acted = act(bound, create, undefined, clock, () => true);
    await clock.advance(60_000);
    const reason = expect.stringContaining("could not be started: flavor probed did not start it within 60 s");
    expect((await acted).outcome).toMatchObject({ kind: "failed", reason });
    expect([called, isTold]).toEqual([["create", "destroy 1"], true]);
  });

  it("is looked for when it could neither be started nor taken away", async () => {
    const bound = treated(
      { started: () => Promise.reject(new Error("the register is closed")) },
      { destroy: () => Promise.reject(new ProviderError("denied", "it is locked")) },
    );
    const { outcome } = await act(bound, create, undefined, heldClock(), () => true);
    expect(outcome).toMatchObject({
      kind: "unknown",
      reason: "1 was made and could not be started: the register is closed; nor could it be taken away: it is locked",
    });
  });
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
  expect(called).toEqual(["drain", "destroy m"]);
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
