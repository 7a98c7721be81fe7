import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "@muster/model";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyChain } from "../chain.ts";
import type { Store } from "../contract.ts";
import { startChild } from "../test/child.ts";
import { openSqliteStore } from "./store.ts";

const KILLS = 20;
/** As in test/writer.ts. */
const BATCH = 25;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it(`loses nothing that was acknowledged, and keeps its chain, over ${KILLS} kills in the middle of writing`, async () => {
  const path = join(directory, "store.sqlite");
  let written = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const acknowledged = await writeAndKill(path, 1 + (kill % 5));
    const store = openSqliteStore(path);
    const events = await allEvents(store);
    const last = Number(await store.memory("shop", "web"));

    // What was written but not yet acknowledged when the kill came may be there, too: as a whole.
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    expect(events.map((event) => event.after)).toEqual(batchesUpTo(last));
    expect(await store.claims("shop", "web")).toHaveLength(last);
    expect(verifyChain(events)).toBeUndefined();
    expect(await store.lease("shop")).toMatchObject({ epoch: kill });
    await store.close();
    expect(last).toBeGreaterThan(written);
    written = last;
  }
});

/** Kills a writer after so many acknowledgements, while it goes on writing; gives the last one that was heard. */
async function writeAndKill(path: string, acknowledgements: number): Promise<number> {
  const writer = startChild("writer.ts", path);
  let heard = 0;
  let last = 0;
  const enough = new Promise<void>((resolve) => {
    writer.lines.on("line", (line) => {
      last = Number(line);
      if (++heard === acknowledgements) resolve();
    });
  });
  await Promise.race([enough, writer.ended]);
  await writer.kill();
  expect(heard).toBeGreaterThanOrEqual(acknowledgements);
  return last;
}

async function allEvents(store: Store): Promise<readonly Event[]> {
  return (await store.events({ stack: "shop", limit: Number.MAX_SAFE_INTEGER })).map((entry) => entry.event);
}

function batchesUpTo(last: number): readonly number[] {
  return Array.from({ length: last * BATCH }, (_, i) => Math.floor(i / BATCH) + 1);
}
