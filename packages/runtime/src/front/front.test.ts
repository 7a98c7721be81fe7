import type { Seen } from "@muster/engine";
import type { EventDraft, FrontFile, JsonObject, Observed } from "@muster/model";
import { type ClaimedProvider, ProviderError } from "@muster/plugin";
import { memoryStore, thisProcess } from "@muster/store";
import { expect, it } from "vitest";
import { heldClock } from "../test/clock.ts";
import type { Ended } from "./command.ts";
import { keepFront } from "./front.ts";

const file: FrontFile = {
  path: "/web.conf",
  content: [
    { kind: "each", group: "web", body: [{ kind: "word", word: "slot", at: 0 }], otherwise: [], at: 0 },
    { kind: "text", text: "." },
  ],
  notify: { command: ["reload"], timeoutMs: 10_000, settleMs: 1_000 },
};

function seen(slot: string): Seen {
  const mark = { stack: "shop", owner: "web", slot, revision: "r1" };
  return { id: `i-${slot}`, mark, tags: {}, phase: "running", properties: {}, since: 0 };
}

/** Files in memory, held by a clock that the test moves. */
async function scene(...slots: string[]) {
  const clock = heldClock();
  const files = new Map<string, JsonObject>();
  const events: EventDraft[] = [];
  const ended: Ended[] = [];
  const world = { slots, told: [] as unknown[], events, files, clock, ended, isKept: true, looks: 0 };
  const store = memoryStore();
  const lease = await store.acquire("shop", thisProcess("none", "test"), async () => false);
  const observed = (id: string, properties: JsonObject): Observed => {
    return { id, tags: {}, phase: "running", properties, since: 0 };
  };
  const provider: ClaimedProvider = {
    known: "claim",
    scope: "/",
    async read(id) {
      const found = files.get(id);
      return found && observed(id, found);
    },
    async create(want) {
      const id = String(want["path"]);
      if (files.has(id)) throw new ProviderError("conflict", `${id} is there`);
      files.set(id, want);
      return { id };
    },
    update: async ({ id }, want) => void files.set(id, want),
    destroy: async (id) => void files.delete(id),
  };
  const front = keepFront(
    { file, mode: "enforce" },
    {
      ...{ stack: "shop", store, clock },
      async write(writes) {
        await store.write(lease, writes, clock.now());
        events.push(...(writes.events ?? []));
      },
      open: async () => provider,
      standingOf() {
        world.looks++;
        return world.isKept ? { members: world.slots.map(seen), cause: "intentional" } : "unkept";
      },
      async run() {
        world.told.push(files.get("/web.conf")?.["content"]);
        return ended.shift() ?? { kind: "well" };
      },
      onLost: fail,
      onTrouble: fail,
    },
  );
  return { ...world, front, world };
}

function fail(thrown: unknown): never {
  throw thrown;
}

it("lets nobody go before what its program was told has taken hold", async () => {
  const { front, world, clock } = await scene("0", "1");
  await clock.advance(2_000);
  world.slots = ["0"];
  let isGone = false;
  void front.withdrawn("web", "i-1", new AbortController().signal)?.then(() => {
    isGone = true;
  });
  await clock.advance(999);
  expect(world.told).toEqual(["01.", "0."]);
  expect(isGone).toBe(false);
  await clock.advance(2);
  expect(isGone).toBe(true);
  await front.stop(0);
});

it("makes one change of many that come while it waits, and the newest counts", async () => {
  const { front, world, clock } = await scene("0");
  await clock.advance(100);
  for (let last = 1; last <= 9; last++) {
    world.slots = Array.from({ length: last + 1 }, (_, slot) => String(slot));
    front.wake();
  }
  await clock.advance(10_000);
  expect(world.told).toEqual(["0.", "0123456789."]);
  expect(world.events.filter(({ type }) => type === "resource.changed")).toHaveLength(2);
  await front.stop(0);
});

it("tells a program that failed again after 1 s, 2 s, 4 s, however often it is woken", async () => {
  const { front, world, clock } = await scene("0");
  world.ended.push(...Array.from({ length: 3 }, () => ({ kind: "failed", reason: "no luck" }) as const));
  const tries: number[] = [];
  for (let second = 0; second < 10; second++) {
    front.wake();
    await clock.advance(1_000);
    tries.push(world.told.length);
  }
  expect(tries).toEqual([2, 2, 3, 3, 3, 3, 4, 4, 4, 4]);
  const told = world.events.map(({ type, message }) => `${type}: ${message}`);
  expect(told).toEqual([
    "resource.changed: /web.conf made, with web/0 (i-0)",
    "resource.failed: /web.conf: reload was not told of the change: no luck",
    "resource.notified: reload was told of /web.conf",
  ]);
  await front.stop(0);
});

it("looks again seldom when its group has gone, though its program was to be told again", async () => {
  const { front, world, clock } = await scene("0");
  world.ended.push({ kind: "failed", reason: "no luck" });
  await clock.advance(100);
  world.isKept = false;
  world.looks = 0;
  await clock.advance(60_000);
  expect(world.looks).toBeLessThan(10);
  expect(world.events.at(-1)?.message).toContain("group web is not kept any more");
  await front.stop(0);
});

it("does not hold up those of whom it never spoke", async () => {
  const { front, clock } = await scene();
  expect(front.withdrawn("db", "i-1", new AbortController().signal)).toBeUndefined();
  await clock.advance(2_000);
  await front.stop(0);
});

it("forgets who is not waited for any more", async () => {
  const { front, world, clock } = await scene("0");
  await clock.advance(2_000);
  const over = new AbortController();
  let isGone = false;
  void front.withdrawn("web", "i-0", over.signal)?.then(() => {
    isGone = true;
  });
  over.abort();
  world.slots = [];
  front.wake();
  await clock.advance(5_000);
  expect(isGone).toBe(false);
  await front.stop(0);
});
