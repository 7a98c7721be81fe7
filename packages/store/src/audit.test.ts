import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sha256 } from "@muster/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditChain, auditNewest } from "./audit.ts";
import type { Lease, Store } from "./contract.ts";
import { pruneChain } from "./prune.ts";
import { openSqliteStore } from "./sqlite/store.ts";
import { describeEveryStore, event, holder, living, NOW } from "./test/stores.ts";

const ZEROS = "0".repeat(64);
const lease = (store: Store, stack = "shop") => store.acquire(stack, holder(1), living);
const write = (store: Store, held: Lease, count: number, at = NOW) =>
  store.write(held, { events: Array.from({ length: count }, (_, i) => event(`${i}`)) }, at);
const pruning = (before: number) => ({ before, actor: "user:ann", now: () => NOW + 100, pause: async () => undefined });

describeEveryStore("an audit", (present) => {
  it("finds a whole chain whole, over several pages, and tells its head", async () => {
    const store = present();
    const held = await lease(store);
    await write(store, held, 2500);
    const [last] = await write(store, held, 1, NOW + 5);
    await write(store, await lease(store, "blog"), 3);
    expect(await auditChain(store, "shop")).toEqual({
      ...{ stack: "shop", events: 2501, at: NOW + 5, head: { seq: 2501, hash: last?.hash } },
    });
    expect(await store.stacks()).toEqual(["blog", "shop"]);
  });

  it("finds nothing wrong where nothing is", async () => {
    expect(await auditChain(present(), "shop")).toEqual({ stack: "shop", events: 0, head: { seq: 0, hash: ZEROS } });
  });

  it("of the newest only goes along as many as it is told, and no further than there are", async () => {
    const store = present();
    const held = await lease(store);
    await write(store, held, 7);
    const [last] = await write(store, held, 1, NOW + 5);
    const head = { seq: 8, hash: last?.hash };
    expect(await auditNewest(store, "shop", 3)).toEqual({ stack: "shop", events: 3, at: NOW + 5, head });
    expect(await auditNewest(store, "shop", 100)).toEqual({ stack: "shop", events: 8, at: NOW + 5, head });
    expect(await auditNewest(store, "blog", 3)).toMatchObject({ events: 0, head: { seq: 0 } });
  });

  it("finds a hash that was kept elsewhere, or does not", async () => {
    const store = present();
    const written = await write(store, await lease(store), 3);
    const second = written[1];
    expect((await auditChain(store, "shop", second?.hash)).met).toEqual({ seq: 2, hash: second?.hash });
    expect((await auditChain(store, "shop", sha256("another"))).met).toBeUndefined();
  });

  it("begins where events were dropped, and says so", async () => {
    const store = present();
    const held = await lease(store);
    const written = await write(store, held, 10);
    await write(store, held, 5, NOW + 10);
    await pruneChain(store, "shop", pruning(NOW + 10));
    const audit = await auditChain(store, "shop", written.at(-1)?.hash);
    expect(audit).toMatchObject({
      events: 6,
      head: { seq: 16 },
      checkpoint: { seq: 10, actor: "user:ann", until: NOW },
    });
    expect(audit.broken).toBeUndefined();
    expect(audit.met?.seq).toBe(10);
  });

  it("is not misled when events are dropped while it goes along them", async () => {
    const store = present();
    const held = await lease(store);
    await write(store, held, 1500);
    await write(store, held, 1500, NOW + 10);
    let pages = 0;
    const meanwhile: Store = {
      ...store,
      async links(stack, after, limit) {
        if (++pages === 2) await pruneChain(store, "shop", pruning(NOW + 10));
        return store.links(stack, after, limit);
      },
    };
    const audit = await auditChain(meanwhile, "shop");
    expect(audit).toMatchObject({ events: 1501, checkpoint: { seq: 1500 } });
    expect(audit.broken).toBeUndefined();
  });
});

describe("an audit of a file that somebody has changed", () => {
  let path: string;
  beforeEach(async () => {
    path = join(mkdtempSync(join(tmpdir(), "store-")), "store.sqlite");
    await using(async (store) => {
      const held = await lease(store);
      await write(store, held, 3);
      await write(store, held, 3, NOW + 10);
    });
  });
  afterEach(() => rmSync(join(path, ".."), { recursive: true }));

  async function using<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = openSqliteStore(path);
    return work(store).finally(() => store.close());
  }

  function change(sql: string): void {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
  }

  const audited = () => using((store) => auditChain(store, "shop"));

  it.each([
    [
      "a word in an event",
      "UPDATE events SET body = replace(body, 'ann', 'bob'), body = replace(body, '\"2\"', '\"9\"')",
      3,
      "changed after",
    ],
    ["an event that is not JSON any more", "UPDATE events SET body = 'oh' WHERE seq = 2", 2, "no event"],
    ["an event that is other JSON", "UPDATE events SET body = '[1]' WHERE seq = 2", 2, "no event"],
    ["an event that is missing", "DELETE FROM events WHERE seq = 4", 4, "number 5 follows number 3"],
    ["the first event missing", "DELETE FROM events WHERE seq = 1", 1, "number 2 follows number 0"],
    ["an event hidden from its group", "UPDATE events SET groupName = NULL WHERE seq = 5", 5, "other words"],
    ["an event under another type", "UPDATE events SET type = 'group.decided' WHERE seq = 5", 5, "other words"],
    ["an event under an earlier latest time", "UPDATE events SET latest = 0 WHERE seq = 5", 5, "another time"],
    ["an event under a later latest time", "UPDATE events SET latest = latest + 1 WHERE seq = 2", 2, "another time"],
    ["all events under a later latest time", "UPDATE events SET latest = latest + 1", 1, "another time"],
    ["an event at another time", "UPDATE events SET at = at + 1 WHERE seq = 5", 5, "other words"],
    [
      "an event given to another stack",
      "UPDATE events SET stack = 'blog' WHERE seq = 5",
      5,
      "number 6 follows number 4",
    ],
    ["a hash", `UPDATE events SET hash = '${ZEROS}' WHERE seq = 6`, 6, "changed after"],
  ])("names the first broken link: %s", async (_, sql, seq, detail) => {
    change(sql);
    const { broken, events } = await audited();
    expect(broken).toMatchObject({ seq, detail: expect.stringContaining(detail) });
    expect(broken?.at).toBeTypeOf("number");
    expect(events).toBe(seq - 1);
  });

  it("names one that was forged with its own hash, by the one after it", async () => {
    const [forged, hash] = await using(async (store) => {
      const [, second] = await store.links("shop", 0, 10);
      const text = second?.text.replace('"message":"1"', '"message":"nothing"') ?? "";
      return [text, sha256(text)];
    });
    change(`UPDATE events SET body = '${forged}', hash = '${hash}' WHERE seq = 2`);
    expect((await audited()).broken).toMatchObject({ seq: 3, detail: expect.stringContaining("not chained") });
  });

  it("does not see a tail that was cut off, but for a hash that was kept elsewhere", async () => {
    const { hash } = (await audited()).head;
    change("DELETE FROM events WHERE seq > 4");
    expect((await audited()).broken).toBeUndefined();
    expect((await using((store) => auditChain(store, "shop", hash))).met).toBeUndefined();
  });

  it("does not take a beginning that was cut off for one that was dropped", async () => {
    const [third] = await using(async (store) => (await store.links("shop", 0, 3)).slice(-1));
    change(`
      INSERT INTO checkpoints VALUES ('shop', 3, '${third?.hash}', ${NOW}, ${NOW}, 'user:ann', '[]');
      DELETE FROM events WHERE seq <= 3`);
    expect((await audited()).broken).toMatchObject({ detail: expect.stringContaining("was not dropped by") });
  });

  it("sees that what was kept of the groups of dropped events was changed", async () => {
    await using((store) => pruneChain(store, "shop", pruning(NOW + 10)));
    expect((await audited()).broken).toBeUndefined();
    change("UPDATE checkpoints SET groups = '[]'");
    expect((await audited()).broken).toMatchObject({ detail: expect.stringContaining("was not dropped by") });
    change("DELETE FROM checkpoints");
    expect((await audited()).broken).toMatchObject({ seq: 1, detail: "number 4 follows number 0" });
  });
});
