import { beforeEach, expect, it } from "vitest";
import { verifyChain } from "./chain.ts";
import type { EventQuery, Store } from "./contract.ts";
import { dead, describeEveryStore, event, holder, living, NOW } from "./test/stores.ts";

describeEveryStore("the journal", (present) => {
  let store: Store;
  beforeEach(() => {
    store = present();
  });
  const lease = (stack = "shop") => store.acquire(stack, holder(1), living);
  const messages = async (query: EventQuery) => (await store.events(query)).map((entry) => entry.event.message);

  /** Eight events: two stacks, two groups, times 0 to 3. */
  async function history(): Promise<void> {
    const shop = await lease("shop");
    const blog = await lease("blog");
    for (let i = 0; i < 4; i++) {
      const type = i % 2 === 0 ? "instance.created" : "instance.destroyed";
      const group = i < 2 ? "web" : "api";
      await store.write(shop, { events: [event(`shop ${group} ${i}`, { group, type })] }, NOW + i);
      await store.write(blog, { events: [event(`blog ${i}`, { type, group: i === 3 ? undefined : "web" })] }, NOW + i);
    }
  }

  it("numbers the events of each stack from one, over all its writes", async () => {
    await history();
    const entries = await store.events({});
    expect(entries.map(({ event: { stack, seq } }) => `${stack} ${seq}`)).toEqual([
      ...["shop 1", "blog 1", "shop 2", "blog 2", "shop 3", "blog 3", "shop 4", "blog 4"],
    ]);
    const places = entries.map((entry) => entry.place);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(8);
  });

  it.each<[string, EventQuery, string[]]>([
    ["stack", { stack: "blog" }, ["blog 0", "blog 1", "blog 2", "blog 3"]],
    ["group", { group: "api" }, ["shop api 2", "shop api 3"]],
    ["stack and group", { stack: "shop", group: "web" }, ["shop web 0", "shop web 1"]],
    ["type", { stack: "blog", types: ["instance.destroyed"] }, ["blog 1", "blog 3"]],
    [
      "several types",
      { stack: "blog", types: ["instance.destroyed", "instance.created"], limit: 2 },
      ["blog 0", "blog 1"],
    ],
    ["no type at all", { types: [] }, []],
    ["time, the given one included", { stack: "shop", since: NOW + 2 }, ["shop api 2", "shop api 3"]],
    ["an end of time, the given one included", { stack: "shop", until: NOW + 1 }, ["shop web 0", "shop web 1"]],
    ["both ends of time", { since: NOW + 1, until: NOW + 1 }, ["shop web 1", "blog 1"]],
    ["group over all stacks", { group: "web" }, ["shop web 0", "blog 0", "shop web 1", "blog 1", "blog 2"]],
    ["group over all stacks, the newest first", { group: "web", limit: 2, newestFirst: true }, ["blog 2", "blog 1"]],
    ["what is of no group", { group: null }, ["blog 3"]],
    ["what is of no group of a stack", { stack: "shop", group: null }, []],
    ["time and place at once", { since: NOW + 2, after: 5, limit: 2 }, ["blog 2", "shop api 3"]],
    ["time, with a place before it", { since: NOW + 3, after: 1 }, ["shop api 3", "blog 3"]],
    ["number, the oldest first", { limit: 2 }, ["shop web 0", "blog 0"]],
    ["number, the newest first", { limit: 3, newestFirst: true }, ["blog 3", "shop api 3", "blog 2"]],
    ["a number of none", { limit: 0 }, []],
    ["an unknown stack", { stack: "nowhere" }, []],
    ["all of it", { stack: "shop", group: "api", types: ["instance.created"], since: NOW, limit: 5 }, ["shop api 2"]],
  ])("is asked by %s", async (_, query, expected) => {
    await history();
    expect(await messages(query)).toEqual(expected);
  });

  it("knows every stack and every group that it tells of", async () => {
    expect([await store.stacks(), await store.groups()]).toEqual([[], []]);
    await history();
    expect(await store.stacks()).toEqual(["blog", "shop"]);
    expect(await store.groups()).toEqual([
      { stack: "blog", group: "web" },
      { stack: "shop", group: "api" },
      { stack: "shop", group: "web" },
    ]);
  });

  it("is asked by time though the clock went back", async () => {
    const held = await lease();
    for (const at of [5, 1, 6, 2]) await store.write(held, { events: [event(`${at}`)] }, NOW + at);
    expect(await messages({ since: NOW + 2 })).toEqual(["5", "6", "2"]);
    expect(await messages({ since: NOW + 6 })).toEqual(["6"]);
    expect(await messages({ since: NOW + 7 })).toEqual([]);
  });

  it.each([false, true])("is read page by page (newest first: %s)", async (newestFirst) => {
    await history();
    const seen: string[] = [];
    let page: EventQuery = { stack: "blog", limit: 3, newestFirst };
    for (;;) {
      const entries = await store.events(page);
      const last = entries.at(-1);
      if (last === undefined) break;
      seen.push(...entries.map((entry) => entry.event.message));
      page = { ...page, ...(newestFirst ? { before: last.place } : { after: last.place }) };
    }
    const all = ["blog 0", "blog 1", "blog 2", "blog 3"];
    expect(seen).toEqual(newestFirst ? all.reverse() : all);
  });

  it("gives 1000 events unless told otherwise", async () => {
    const held = await lease();
    await store.write(held, { events: Array.from({ length: 1001 }, (_, i) => event(`${i}`)) }, NOW);
    expect(await store.events({})).toHaveLength(1000);
    expect(await store.events({ limit: 2000 })).toHaveLength(1001);
  });

  it("gives every event back as it was, in a chain that holds", async () => {
    const held = await lease();
    const rich = event('é ✓ \u0000 \ud800 "quoted"\n', {
      instance: "i-1",
      slot: "0",
      before: { b: [1, 2.5, -1e21], a: null, ["__proto__"]: "own" },
      after: "x".repeat(10_000),
    });
    const first = await store.write(held, { events: [event("a"), rich] }, NOW);
    const second = await store.write(held, { events: [event("c", { group: undefined, before: null })] }, NOW + 1);
    const read = (await store.events({ stack: "shop" })).map((entry) => entry.event);
    expect(read).toEqual([...first, ...second]);
    expect(verifyChain(read)).toBeUndefined();
  });

  it("chains each stack by itself", async () => {
    await history();
    for (const stack of ["shop", "blog"]) {
      const events = (await store.events({ stack })).map((entry) => entry.event);
      expect(events).toHaveLength(4);
      expect(verifyChain(events)).toBeUndefined();
    }
  });

  it("keeps the chain when the lease changes hands", async () => {
    await store.write(await lease(), { events: [event("a")] }, NOW);
    await store.write(await store.acquire("shop", holder(2), dead), { events: [event("b")] }, NOW);
    expect(verifyChain((await store.events({})).map((entry) => entry.event))).toBeUndefined();
  });
});
