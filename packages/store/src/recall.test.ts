import type { EventDraft } from "@muster/model";
import { beforeEach, expect, it } from "vitest";
import type { Lease, Store } from "./contract.ts";
import { pruneChain } from "./prune.ts";
import { recall } from "./recall.ts";
import { describeEveryStore, event, holder, living, NOW } from "./test/stores.ts";

const WEB = { stack: "shop", group: "web" };

describeEveryStore("the past of a group", (present) => {
  let store: Store;
  let held: Lease;
  beforeEach(async () => {
    store = present();
    held = await store.acquire("shop", holder(1), living);
  });
  const write = (at: number, ...drafts: readonly EventDraft[]) => store.write(held, { events: drafts }, NOW + at);
  const prune = (before: number) =>
    pruneChain(store, "shop", {
      ...{ before: NOW + before, actor: "user:ann", now: () => NOW + before, pause: async () => undefined },
    });
  const made = (instance: string) => event("", { instance });
  const gone = (instance: string) => event("", { type: "instance.destroyed", instance });
  const members = async (at: number) => (await recall(store, WEB, NOW + at))?.members.map(({ id }) => id);

  it("is told by the events up to then, that time included", async () => {
    await write(10, made("a"));
    await write(20, made("b"), event("", { group: "api", instance: "c" }));
    await write(30, gone("a"));
    expect([await members(9), await members(10), await members(29), await members(30)]).toEqual([
      undefined,
      ["a"],
      ["a", "b"],
      ["b"],
    ]);
    expect(await recall(store, { stack: "blog", group: "web" }, NOW + 30)).toBeUndefined();
  });

  it("is read over several pages", async () => {
    for (let i = 0; i < 5; i++) await write(i, ...Array.from({ length: 500 }, (_, j) => made(`${i}-${j}`)));
    expect(await members(4)).toHaveLength(2500);
    expect(await members(2)).toHaveLength(1500);
  });

  it("goes on from what was dropped, and is not known before that", async () => {
    await write(10, made("a"), made("b"));
    await write(20, gone("a"));
    await write(30, made("c"));
    await prune(25);
    expect([await members(20), await members(30)]).toEqual([["b"], ["b", "c"]]);
    await expect(members(19)).rejects.toMatchObject({
      code: "history.dropped",
      message: expect.stringMatching(/^how group `web` stood at 2023-\S+ is known no more: .*`shop` up to 2023-/),
    });
  });

  it("is the same while what was dropped still lies there", async () => {
    await write(10, made("a"), gone("a"), made("b"));
    await write(20, made("c"));
    const unswept: Store = { ...store, sweep: async () => 0 };
    await pruneChain(unswept, "shop", {
      ...{ before: NOW + 15, actor: "user:ann", now: () => NOW + 15, pause: async () => undefined },
    });
    expect(await store.events({ ...WEB, limit: 1 })).toMatchObject([{ event: { seq: 1 } }]);
    expect(await members(20)).toEqual(["b", "c"]);
  });

  it("is whole though some of it is dropped while it is read", async () => {
    await write(10, made("a"));
    await write(20, made("b"));
    let first = true;
    const meanwhile: Store = {
      ...store,
      async events(query) {
        if (first) await prune(15);
        first = false;
        return store.events(query);
      },
    };
    expect((await recall(meanwhile, WEB, NOW + 20))?.members.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
