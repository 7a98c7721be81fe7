import type { EventDraft } from "@muster/model";
import { type Claim, type Lease, memoryStore, type Store, type Writes } from "@muster/store";
import { beforeEach, describe, expect, it } from "vitest";
import { heldClock } from "../test/clock.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { recallResources } from "./memory.ts";

const HOLDER = { pid: 1, started: "1", boot: "b", namespace: "n", socket: "s", command: "c" };

let store: Store;
let lease: Lease;
let clock: ReturnType<typeof heldClock>;
let ledger: Ledger;
let times: number;
/** What becomes of a write. */
let refuses: (writes: Writes) => unknown;

beforeEach(async () => {
  store = memoryStore();
  lease = await store.acquire("shop", HOLDER, async () => true);
  clock = heldClock();
  times = 0;
  refuses = () => undefined;
  ledger = openLedger(new Map(), write, clock);
});

async function write(writes: Writes): Promise<void> {
  times++;
  const refused = refuses(writes);
  if (refused !== undefined) throw refused;
  await store.write(lease, writes, 0);
}

const event = (message: string): EventDraft => ({
  type: "resource.decided",
  actor: "muster",
  cause: "corrective",
  message,
});
const claim = (id: string, owner = "resource:note.a"): Claim => {
  return { type: "note", scope: "desk", id, mark: { stack: "shop", owner, revision: "r" } };
};
const remembered = async () => [...(await recallResources(store, "shop", 0))];

describe("the ledger", () => {
  it("writes in one transaction what comes together, and answers when it is there", async () => {
    const made = { intent: "i", id: "1" };
    const given = [
      ledger.write({ claim: claim("/a"), events: [event("1")] }),
      ledger.write({ events: [event("2")], remember: (memory) => memory.change("box.a", { made }) }),
    ];
    expect(await store.claims("shop")).toEqual([]);
    await clock.advance(0);
    await Promise.all(given);
    expect(times).toBe(1);
    expect((await store.events({})).map((each) => each.event.message)).toEqual(["1", "2"]);
    expect(await remembered()).toEqual([["box.a", { made }]]);
  });

  it("forgets whom nothing is remembered of", async () => {
    const given = [
      ledger.write({ remember: (memory) => memory.change("box.a", { open: { intent: "i" }, pending: 1 }) }),
      ledger.write({ remember: (memory) => memory.change("box.a", { open: undefined, pending: undefined }) }),
    ];
    await clock.advance(0);
    await Promise.all(given);
    expect([...ledger.memory.addresses()]).toEqual([]);
    expect(await store.memories("shop", "")).toEqual(new Map());
  });

  it("lets one that cannot be written hold up none of the others", async () => {
    const other = await store.acquire("other", HOLDER, async () => true);
    await store.write(other, { claim: [{ ...claim("/b"), mark: { ...claim("/b").mark, stack: "other" } }] }, 0);
    const ends = [claim("/a"), claim("/b"), claim("/c")].map((each) =>
      ledger.write({ claim: each, remember: (memory) => memory.change(`note.${each.id}`, { pending: 1 }) }).then(
        () => "written",
        (thrown: { code: string }) => thrown.code,
      ),
    );
    await clock.advance(0);
    expect(await Promise.all(ends)).toEqual(["written", "claim.taken", "written"]);
    expect((await store.claims("shop")).map(({ id }) => id)).toEqual(["/a", "/c"]);
    expect(await remembered()).toEqual([
      ["note./a", { pending: 1 }],
      ["note./c", { pending: 1 }],
    ]);
    expect([...ledger.memory.addresses()].toSorted()).toEqual(["note./a", "note./c"]);
  });

  it("remembers nothing of what was not written, and keeps what came alongside", async () => {
    await Promise.all([
      ledger.write({ remember: (memory) => memory.change("box.a", { made: { intent: "i", id: "1" } }) }),
      clock.advance(0),
    ]);
    refuses = () => {
      // Somebody declares it otherwise while this is being written.
      refuses = () => undefined;
      void store.write(lease, { memory: ledger.alongside(["box.a", "box.b"], { pending: 7 }) }, 0);
      return new Error("no");
    };
    const failed = ledger.write({
      remember: (memory) => memory.change("box.a", { made: undefined, open: { intent: "j" } }),
    });
    await Promise.all([expect(failed).rejects.toThrow("no"), clock.advance(0)]);
    expect(ledger.memory.of("box.a")).toEqual({ made: { intent: "i", id: "1" }, pending: 7 });
    expect(ledger.memory.of("box.b")).toEqual({ pending: 7 });
  });

  it("does not lose what came alongside when it writes on", async () => {
    await store.write(lease, { memory: ledger.alongside(["box.a"], { pending: 3 }) }, 0);
    const given = ledger.write({ remember: (memory) => memory.change("box.a", { open: { intent: "i" } }) });
    await clock.advance(0);
    await given;
    expect(await remembered()).toEqual([["box.a", { pending: 3, open: { intent: "i", endedAt: 0 } }]]);
  });

  it("tells everybody when the stack is lost, and asks once", async () => {
    await store.acquire("shop", HOLDER, async () => false);
    const ends = ["1", "2"].map((message) => ledger.write({ events: [event(message)] }));
    const told = ends.map((end) => expect(end).rejects.toMatchObject({ code: "stack.lost" }));
    await clock.advance(0);
    await Promise.all(told);
    expect(times).toBe(1);
  });

  it("settles when everything that was given is written", async () => {
    let isSettled = false;
    void ledger.write({ events: [event("1")] });
    void ledger.settled().then(() => {
      isSettled = true;
    });
    expect(isSettled).toBe(false);
    await clock.advance(0);
    await ledger.settled();
    expect(isSettled).toBe(true);
    expect(await store.events({})).toHaveLength(1);
  });
});

describe("what is remembered", () => {
  it("is damaged where it is nothing that could have been written", async () => {
    await store.write(lease, { memory: { "resources:note.a": 7 } }, 0);
    await expect(recallResources(store, "shop", 0)).rejects.toMatchObject({ code: "store.damaged" });
  });
});
