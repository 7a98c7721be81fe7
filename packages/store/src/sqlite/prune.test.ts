import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import { auditChain } from "../audit.ts";
import type { Lease, Store } from "../contract.ts";
import { type Child, startChild } from "../test/child.ts";
import { event } from "../test/stores.ts";
import { openSqliteStore } from "./store.ts";

let path: string;
let store: Store;
let lease: Lease;
const children: Child[] = [];
beforeEach(async () => {
  path = join(mkdtempSync(join(tmpdir(), "store-")), "store.sqlite");
  store = openSqliteStore(path);
  lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  await store.close();
  rmSync(join(path, ".."), { recursive: true });
});

const write = (count: number, at: number) =>
  store.write(lease, { events: Array.from({ length: count }, (_, i) => event(`${at} ${i}`)) }, at);

function startPruner(before: number): Child {
  const child = startChild("pruner.ts", path, String(before));
  children.push(child);
  return child;
}

const checkpointAt = (seq: number) =>
  vi.waitFor(async () => expect((await store.checkpoint("shop"))?.seq).toBeGreaterThanOrEqual(seq), {
    timeout: 20_000,
    interval: 1,
  });

it("leaves a whole chain when it is killed as soon as the checkpoint is set, again and again", async () => {
  for (let round = 1; round <= 5; round++) {
    await write(8000, round);
    const { seq } = (await auditChain(store, "shop")).head;
    const pruner = startPruner(round + 1);
    await checkpointAt(seq);
    await pruner.kill();
    const audit = await auditChain(store, "shop");
    expect(audit.broken).toBeUndefined();
    expect(audit).toMatchObject({ events: 1, checkpoint: { seq } });
  }
  expect(await startPruner(99).nextLine()).toBe("dropped 0");
  expect((await store.events({ stack: "shop", limit: 100 })).map(({ event: { type } }) => type)).toEqual([
    "history.pruned",
  ]);
});

it("lets the holder of the stack write on, and drops everything once, by however many it is done", async () => {
  await write(20_000, 1);
  const pruners = [startPruner(2), startPruner(2), startPruner(2)].map((child) => child.nextLine());
  let [written, over] = [0, false];
  const ended = Promise.all(pruners).finally(() => {
    over = true;
  });
  for (; !over; written++) {
    await write(1, 3);
    // As a Muster does that is busy: without any pause nobody else would ever get in.
    await pause(5);
  }
  expect((await ended).sort()).toEqual(["dropped 0", "dropped 0", "dropped 20000"]);
  const audit = await auditChain(store, "shop");
  expect(audit.broken).toBeUndefined();
  expect(audit).toMatchObject({ events: written + 1, checkpoint: { seq: 20_000 } });
  expect(await store.events({ stack: "shop", until: 1 })).toEqual([]);
});
