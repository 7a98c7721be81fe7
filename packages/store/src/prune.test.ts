import { type EventDraft, MusterError } from "@muster/model";
import { beforeEach, expect, it } from "vitest";
import { auditChain } from "./audit.ts";
import type { Lease, Store } from "./contract.ts";
import { pruneChain } from "./prune.ts";
import { describeEveryStore, event, holder, living, NOW } from "./test/stores.ts";

describeEveryStore("pruning", (present) => {
  let store: Store;
  let held: Lease;
  beforeEach(async () => {
    store = present();
    held = await store.acquire("shop", holder(1), living);
  });
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const prune = (before: number, on = store, at = 1000) =>
    pruneChain(on, "shop", { before: NOW + before, actor: "user:ann", now: () => NOW + at, pause });
  const write = (at: number, ...drafts: readonly EventDraft[]) => store.write(held, { events: drafts }, NOW + at);
  const messages = async () => (await store.events({ stack: "shop" })).map((entry) => entry.event.message);
  const made = (instance: string) => event(`created ${instance}`, { instance });

  it("drops what is older, keeps the rest in a chain that holds, and writes down who did it", async () => {
    const dropped = await write(0, event("a"), event("b"));
    await write(10, event("c"));
    const checkpoint = {
      ...{ stack: "shop", seq: 2, hash: dropped[1]?.hash, until: NOW, at: NOW + 1000, actor: "user:ann" },
      groups: [{ stack: "shop", group: "web", begins: NOW, members: [] }],
    };
    expect(await prune(10)).toEqual({ stack: "shop", dropped: 2, checkpoint });
    expect(await store.checkpoint("shop")).toEqual(checkpoint);
    expect(await messages()).toEqual([
      "c",
      "dropped 2 of the events, numbers 1 to 2; none is later than 2023-11-14T22:13:20.000Z",
    ]);
    expect((await store.events({ stack: "shop" })).at(-1)?.event).toMatchObject({
      ...{ type: "history.pruned", actor: "user:ann", cause: "intentional", seq: 4, at: NOW + 1000 },
      ...{ before: { seq: 0 }, after: { seq: 2, hash: dropped[1]?.hash } },
    });
    expect(await auditChain(store, "shop")).toMatchObject({ events: 2, head: { seq: 4 } });
  });

  it("goes on numbering and chaining where everything was dropped", async () => {
    await write(0, event("a"));
    await prune(10);
    await write(20, event("b"));
    const audit = await auditChain(store, "shop");
    expect(audit).toMatchObject({ events: 2, head: { seq: 3 }, checkpoint: { seq: 1 } });
    expect(audit.broken).toBeUndefined();
    const places = (await store.events({})).map(({ place }) => place);
    expect(places).toEqual([2, 3]);
  });

  it("writes nothing where there is nothing to drop, or only what tells of droppings before", async () => {
    await write(10, event("a"));
    expect(await prune(10)).toEqual({ stack: "shop", dropped: 0 });
    expect(await messages()).toEqual(["a"]);
    expect(await prune(11)).toMatchObject({ dropped: 1 });
    expect(await prune(2000)).toMatchObject({ dropped: 0, checkpoint: { seq: 1 } });
    expect(await messages()).toHaveLength(1);
  });

  it("leaves other stacks alone", async () => {
    const blog = await store.acquire("blog", holder(1), living);
    await store.write(blog, { events: [event("theirs")] }, NOW);
    await write(0, event("a"));
    await prune(10);
    expect(await store.checkpoint("blog")).toBeUndefined();
    expect((await store.events({ stack: "blog" })).map((entry) => entry.event.message)).toEqual(["theirs"]);
  });

  it("stops before the first event that is not older, though the clock went back after it", async () => {
    await write(0, event("a"));
    await write(20, event("b"));
    await write(5, event("c"));
    expect(await prune(10)).toMatchObject({ dropped: 1 });
    expect((await messages()).slice(0, 2)).toEqual(["b", "c"]);
  });

  it("keeps how the groups stood, over one pruning after another", async () => {
    await write(0, event("declared", { type: "group.committed", after: { size: 2 } }), made("i-1"));
    await prune(10, store, 15);
    await write(20, made("i-2"), event("gone", { type: "instance.vanished", instance: "i-1" }));
    const { checkpoint } = await prune(30);
    expect(checkpoint?.groups).toMatchObject([
      { group: "web", begins: NOW, declared: { after: { size: 2 } }, members: [{ id: "i-2" }] },
    ]);
    expect(await store.groups()).toEqual([{ stack: "shop", group: "web" }]);
    expect((await auditChain(store, "shop")).broken).toBeUndefined();
  });

  it("frees the room in steps, with pauses in which others can write", async () => {
    pauses.length = 0;
    await write(0, ...Array.from({ length: 4100 }, (_, i) => event(`${i}`)));
    await prune(10);
    expect(pauses).toHaveLength(2);
    expect(await messages()).toHaveLength(1);
  });

  it("is whole when it ends between setting the checkpoint and freeing the room, and the next one frees it", async () => {
    await write(0, event("a"), event("b"));
    await write(10, event("c"));
    const killed: Store = { ...store, sweep: () => Promise.reject(new Error("killed")) };
    await expect(prune(10, killed)).rejects.toThrow("killed");
    expect(await auditChain(store, "shop")).toMatchObject({ events: 2, checkpoint: { seq: 2 } });
    expect((await auditChain(store, "shop")).broken).toBeUndefined();
    expect(await prune(10)).toMatchObject({ dropped: 0 });
    expect(await messages()).toEqual(["c", expect.stringContaining("dropped 2")]);
  });

  it("done twice at once drops everything once", async () => {
    await write(0, ...Array.from({ length: 1500 }, (_, i) => event(`${i}`)));
    await write(10, event("last"));
    const both = await Promise.all([prune(10), prune(10)]);
    expect(both.map(({ dropped }) => dropped).sort()).toEqual([0, 1500]);
    expect((await store.events({ types: ["history.pruned"] })).length).toBe(1);
    expect(await auditChain(store, "shop")).toMatchObject({ events: 2, checkpoint: { seq: 1500 } });
  });

  it("begins again when somebody else has dropped a part of it meanwhile", async () => {
    await write(0, event("a"));
    await write(10, event("b"));
    await write(20, event("c"));
    let first = true;
    const raced: Store = {
      ...store,
      async prune(pruning, now) {
        if (first) await prune(10);
        first = false;
        return store.prune(pruning, now);
      },
    };
    expect(await prune(20, raced)).toMatchObject({ dropped: 1, checkpoint: { seq: 2 } });
    const audit = await auditChain(store, "shop");
    expect(audit.broken).toBeUndefined();
    expect(audit).toMatchObject({ events: 3, checkpoint: { seq: 2 } });
  });

  it("goes on beside the holder of the stack, which writes on meanwhile", async () => {
    await write(0, event("a"));
    const meanwhile: Store = {
      ...store,
      async prune(pruning, now) {
        await write(30, event("b"));
        return store.prune(pruning, now);
      },
    };
    await prune(10, meanwhile);
    await write(40, event("c"));
    expect(await messages()).toEqual(["b", expect.stringContaining("dropped 1"), "c"]);
    expect((await auditChain(store, "shop")).broken).toBeUndefined();
  });

  it("drops nothing of a chain that is broken before that time", async () => {
    await write(0, event("a"), event("b"));
    const forged: Store = {
      ...store,
      links: async (...asked) => (await store.links(...asked)).map((link) => ({ ...link, at: link.at + 1 })),
    };
    await expect(prune(10, forged)).rejects.toSatisfy(
      (thrown) => thrown instanceof MusterError && thrown.code === "history.broken" && thrown.words["seq"] === 1,
    );
    expect(await messages()).toEqual(["a", "b"]);
    expect(await store.checkpoint("shop")).toBeUndefined();
  });
});
