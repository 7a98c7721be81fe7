import { memoryStore } from "@muster/store";
import { expect, it } from "vitest";
import { heldClock } from "../test/clock.ts";
import { openLedger } from "./ledger.ts";
import { recallResources } from "./memory.ts";
import { remembering } from "./remembering.ts";
import type { ResourcesTask } from "./tended.ts";
import { ended } from "./visited.ts";

it("forgets what is over, and nothing that was declared after the look began", async () => {
  const store = memoryStore();
  const holder = { pid: 1, started: "1", boot: "b", namespace: "n", socket: "s", command: "c" };
  const lease = await store.acquire("shop", holder, async () => true);
  const clock = heldClock();
  const notice = { "note.x": { cause: "intentional" } } as const;
  const all = new Map([
    ["note.kept", { pending: 2, told: notice }],
    ["note.later", { pending: 3 }],
    ["note.failed", { pending: 2, told: notice }],
    ["box.shown", { open: { intent: "i" }, made: { intent: "i", id: "1" } }],
    ["note.left", { pending: 1, told: notice }],
  ]);
  const ledger = openLedger(all, async (writes) => void (await store.write(lease, writes, 0)), clock);
  const tended = new Map(
    ["note.kept", "note.later", "note.failed", "box.shown"].map((address) => [address, {}] as const),
  ) as object as ResourcesTask["tended"];
  const task: ResourcesTask = {
    ...{
      generation: 2,
      mode: "enforce",
      allow: [],
      providers: {},
      purge: {},
      tended,
      destroying: false,
      watched: false,
    },
  };
  const done = remembering(ledger)(task, [
    ended("note.kept", { kind: "kept" }),
    ended("note.later", { kind: "kept" }),
    ended("note.failed", { kind: "failed", message: "no" }),
    { ...ended("box.shown", { kind: "kept" }), id: "1" },
  ]);
  await clock.advance(0);
  await done;
  const left = [...ledger.memory.addresses()].map((address) => [address, ledger.memory.of(address)]);
  expect(Object.fromEntries(left)).toEqual({
    "note.later": { pending: 3 },
    "note.failed": { pending: 2, told: notice },
    "box.shown": { made: { intent: "i", id: "1" } },
  });
  expect([...(await recallResources(store, "shop", 0)).keys()]).toEqual(["box.shown"]);
});
