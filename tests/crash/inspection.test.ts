/** The inspection finds what a Muster that loses, repeats or forgets would leave: records that were falsified on purpose. */
import { musterMarks } from "@muster/model";
import { type Declaration, GENESIS, type JournalEntry, memoryStore, type Store } from "@muster/store";
import { beforeEach, describe, expect, it } from "vitest";
import type { InstanceSeen } from "./disk.ts";
import {
  chainsWhole,
  createdOnce,
  creationsTold,
  membersSound,
  nothingOrphaned,
  nowReleased,
  ordersInHistory,
  sightingsKept,
  standingOf,
} from "./inspection.ts";
import type { Page } from "./ledger.ts";
import { documentOf, type Order, type State } from "./orders.ts";

const FILES = "/files";
const ONE: State = { batch: { size: 1, version: 1, goal: "kept" } };
const TWO: State = { batch: { size: 2, version: 1, goal: "kept" } };
const DESTROYING: State = { batch: { size: 1, version: 1, goal: "destroying" } };
const PAUSED: State = { batch: { size: 1, version: 1, goal: "paused" } };

const order = (before: State, after: State): Order => ({
  ...{ stack: "jobs", actor: "ann", says: "an order", path: "", body: {}, before, after },
});
const page = (more: Partial<Page>): Page => ({
  ...{ stack: "jobs", state: ONE, generation: 3, asked: undefined, acknowledged: [], ...more },
});
const declared = (state: State, generation = 3): Declaration => ({
  ...{
    stack: "jobs",
    document: documentOf("jobs", state, FILES),
    source: "people",
    generation,
    steering: {},
    former: {},
  },
});

describe("a declaration that was acknowledged", () => {
  it("is there", () => {
    expect(standingOf(page({}), declared(ONE), FILES)).toEqual({ state: ONE, generation: 3 });
  });

  it("is missed when it is not, or is another", () => {
    expect(standingOf(page({}), undefined, FILES)).toMatchObject({ fault: expect.stringContaining("acknowledged as") });
    expect(standingOf(page({}), declared(TWO), FILES)).toMatchObject({ fault: expect.anything() });
  });

  it("is missed when it is of an earlier generation", () => {
    expect(standingOf(page({}), declared(ONE, 2), FILES)).toMatchObject({
      fault: "jobs was acknowledged as generation 3, and the store has 2",
    });
  });

  it("is missed when the group is not paused as it was told to be", () => {
    expect(standingOf(page({ state: PAUSED }), declared(ONE), FILES)).toMatchObject({ fault: expect.anything() });
  });

  it("may be gone when it was to be destroyed", () => {
    expect(standingOf(page({ state: DESTROYING }), undefined, FILES)).toEqual({ state: {}, generation: 0 });
  });

  it("may give way to what was asked when the kill came, and to nothing else", () => {
    const asked = order(ONE, TWO);
    expect(standingOf(page({ asked }), declared(ONE), FILES)).toMatchObject({ state: ONE });
    expect(standingOf(page({ asked }), declared(TWO, 4), FILES)).toMatchObject({ state: TWO });
    expect(standingOf(page({ asked }), undefined, FILES)).toMatchObject({ fault: expect.anything() });
  });
});

describe("the history", () => {
  let store: Store;
  let entries: readonly JournalEntry[];
  beforeEach(async () => {
    store = memoryStore();
    const holder = { pid: 1, started: "1", boot: "b", namespace: "n", socket: "", command: "serve" };
    const lease = await store.acquire("jobs", holder, async () => false);
    const event = { type: "instance.created", group: "batch", cause: "intentional", message: "" } as const;
    const events = ["user:ann", "muster", "muster"].map((actor, at) => ({
      ...event,
      actor,
      instance: `instance-${at}`,
    }));
    await store.write(lease, { events }, 0);
    entries = await store.events({});
  });

  it("tells of every order that was acknowledged", () => {
    const acknowledged = [order(ONE, TWO)];
    expect(ordersInHistory(page({ acknowledged }), TWO, entries)).toEqual([]);
    expect(ordersInHistory(page({ acknowledged }), TWO, entries.slice(1))).toHaveLength(1);
  });

  it("tells of one that was not answered exactly when it was taken", () => {
    const asked = order(ONE, TWO);
    expect(ordersInHistory(page({ asked }), TWO, entries)).toEqual([]);
    expect(ordersInHistory(page({ asked }), ONE, entries.slice(1))).toEqual([]);
    expect(ordersInHistory(page({ asked }), ONE, entries)).toEqual([
      expect.stringMatching(/told by an event, and is not declared/),
    ]);
    expect(ordersInHistory(page({ asked }), TWO, entries.slice(1))).toEqual([
      expect.stringMatching(/declared, and no event tells of it/),
    ]);
  });

  it("keeps what was seen of it, in its place and unchanged", () => {
    expect(sightingsKept(entries, entries)).toEqual([]);
    expect(sightingsKept(entries, entries.slice(0, -1))).toEqual([expect.stringMatching(/is not in the store/)]);
    const other = entries.map(({ place, event }) => ({ place, event: { ...event, hash: GENESIS.hash } }));
    expect(sightingsKept(entries, other)).toHaveLength(entries.length);
  });

  it("is one chain, and goes on where it was", () => {
    const heads = new Map();
    expect(chainsWhole(entries.slice(0, 1), heads)).toEqual([]);
    expect(chainsWhole(entries.slice(2), heads)).toEqual([expect.stringMatching(/^the chain of jobs is broken at 2/)]);
  });

  it("tells of no instance that it came to be twice", () => {
    expect(createdOnce(entries)).toEqual([]);
    expect(createdOnce([...entries, ...entries.slice(0, 1)])).toEqual([
      expect.stringMatching(/^instance-0 was created 2 times/),
    ]);
  });

  it("tells of every instance that there is, but those of a group that was let go", () => {
    const there = ["instance-2", "instance-9"].map((id) => instance(id, "x"));
    expect(creationsTold(there, entries, new Set())).toEqual([expect.stringMatching(/^instance-9 bears/)]);
    expect(creationsTold(there, entries, new Set(["jobs/batch"]))).toEqual([]);
  });

  it("tells which groups were let go, until they are declared again", async () => {
    const told = (type: "group.released" | "group.committed"): JournalEntry[] =>
      entries.slice(0, 1).map(({ place, event }) => ({ place, event: { ...event, type } }));
    expect(nowReleased(told("group.released"))).toEqual(new Set(["jobs/batch"]));
    expect(nowReleased([...told("group.released"), ...told("group.committed")])).toEqual(new Set());
  });
});

describe("members", () => {
  const enough = () => 2;

  it("are made once by each create", () => {
    expect(membersSound([instance("instance-1", "x"), instance("instance-2", "y")], enough)).toEqual([]);
    expect(membersSound([instance("instance-1", "x"), instance("instance-2", "x")], enough)).toEqual([
      expect.stringMatching(/made 2/),
    ]);
  });

  it("are never more than there may be", () => {
    const three = ["x", "y", "z"].map((intent) => instance(`instance-${intent}`, intent));
    expect(membersSound(three, enough)).toEqual(["jobs/batch has 3 members, and may have 2"]);
  });

  it("have each name once", () => {
    const [ann, other] = [named("instance-1", "ann"), named("instance-2", "ann")];
    expect(membersSound([ann, other], enough)).toEqual(["shop/cart has 2 members named ann"]);
  });

  it("are never half written", () => {
    expect(membersSound([{ id: "instance-1", broken: true }], enough)).toEqual(["instance-1 is half written"]);
  });
});

describe("at rest", () => {
  const states = new Map<string, State>([
    ["jobs", ONE],
    ["site", { pages: { size: 1, version: 1, goal: "kept" } }],
  ]);
  const mark = { stack: "site", owner: "pages", intent: "p", revision: "r" };
  const reality = {
    instances: [instance("instance-1", "x"), { id: "notes" }],
    files: ["/files/pages/a"],
    claims: [{ type: "file", scope: "/", id: "/files/pages/a", mark }],
  };
  const none = new Set<string>();

  it("there is what is declared, and what is not Muster's", () => {
    expect(nothingOrphaned(reality, states, none)).toEqual([]);
  });

  it("nothing is missing", () => {
    expect(nothingOrphaned({ ...reality, instances: [] }, states, none)).toEqual([
      "jobs/batch has 0 members, and says that it has 1",
    ]);
    expect(nothingOrphaned({ ...reality, files: [] }, states, none)).toEqual([
      "site/pages claims /files/pages/a, which is not there",
    ]);
  });

  it("nothing is left of a group that is no more, unless it was let go", () => {
    const gone = new Map([...states, ["jobs", {}]] as const);
    expect(nothingOrphaned(reality, gone, none)).toEqual(["1 of jobs/batch are nobody's"]);
    expect(nothingOrphaned(reality, gone, new Set(["jobs/batch"]))).toEqual([]);
  });

  it("no file is there that nobody claims, half-written ones among them", () => {
    const files = [...reality.files, "/files/pages/.muster-1-2.tmp"];
    expect(nothingOrphaned({ ...reality, files }, states, none)).toEqual([
      "/files/pages/.muster-1-2.tmp is there, and nobody's",
    ]);
  });
});

function instance(id: string, intent: string): InstanceSeen {
  const tags = musterMarks.write({ stack: "jobs", owner: "batch", slot: "0", intent, revision: "r" });
  const mark = musterMarks.read(tags);
  return mark === undefined ? { id } : { id, mark };
}

function named(id: string, slot: string): InstanceSeen {
  return { id, mark: { stack: "shop", owner: "cart", slot, intent: id, revision: "r" } };
}
