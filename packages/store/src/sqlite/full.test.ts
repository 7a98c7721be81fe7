import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventDraft, MusterError } from "@muster/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import { verifyChain } from "../chain.ts";
import type { Lease, Store } from "../contract.ts";
import { openSqliteStore } from "./store.ts";

let disk: string;
let mounted: boolean;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), "disk-"));
  mounted = run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk);
});
afterEach(() => {
  // Lazily: a test that failed may have left its store open.
  if (mounted) run("umount", "--lazy", disk);
  rmSync(disk, { recursive: true });
});

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

describe("on a disk that is full", () => {
  it("refuses what does not fit as a whole, still reads, and goes on when there is room", async ({ skip }) => {
    if (!mounted) skip("mounting a small disk is not permitted here");
    const path = join(disk, "store.sqlite");
    const store = openSqliteStore(path);
    const lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);

    const { batches, error } = await fill(store, lease);
    expect(batches).toBeGreaterThan(1);
    expect(error).toMatchObject({ code: "store.full", message: expect.stringContaining(path) });
    await confirmWhole(store, batches);
    const another = openSqliteStore(path);
    await confirmWhole(another, batches);
    await another.close();

    run("mount", "-o", "remount,size=4m", disk);
    await write(store, lease, batches + 1);
    await confirmWhole(store, batches + 1);
    await store.close();
  });

  it("says so when the store is made, and makes it when there is room", async ({ skip }) => {
    if (!mounted) skip("mounting a small disk is not permitted here");
    const path = join(disk, "store.sqlite");
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(500 * 1024));
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: "store.full" }));
    rmSync(ballast);
    const store = openSqliteStore(path);
    expect(await store.declarations()).toEqual([]);
    await store.close();
  });
});

const BATCH = 20;

async function write(store: Store, lease: Lease, batch: number): Promise<void> {
  const events = Array.from(
    { length: BATCH },
    (): EventDraft => ({
      type: "instance.created",
      group: "web",
      actor: "muster",
      cause: "intentional",
      message: `batch ${batch}`,
    }),
  );
  await store.write(lease, { memory: { web: batch }, events }, batch);
}

/** Writes until it is refused; gives the number of batches that were acknowledged. */
async function fill(store: Store, lease: Lease): Promise<{ batches: number; error: MusterError }> {
  for (let batch = 1; ; batch++) {
    try {
      await write(store, lease, batch);
    } catch (error) {
      return { batches: batch - 1, error: error as MusterError };
    }
  }
}

async function confirmWhole(store: Store, batches: number): Promise<void> {
  const events = (await store.events({ stack: "shop", limit: 100_000 })).map((entry) => entry.event);
  expect(events).toHaveLength(batches * BATCH);
  expect(verifyChain(events)).toBeUndefined();
  expect(await store.memory("shop", "web")).toBe(batches);
}
