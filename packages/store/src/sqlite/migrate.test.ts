import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Json } from "@muster/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import { auditChain } from "../audit.ts";
import { chain, GENESIS } from "../chain.ts";
import { type Holder, UNSTEERED } from "../contract.ts";
import { event } from "../test/stores.ts";
import { openSqliteStore } from "./store.ts";

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "store-")), "store.sqlite");
});
afterEach(() => rmSync(join(path, ".."), { recursive: true }));

/** The tables of format 1, word for word. */
const FIRST = `
  CREATE TABLE leases (stack TEXT PRIMARY KEY, epoch INTEGER NOT NULL, holder TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE declarations (stack TEXT PRIMARY KEY, declaration TEXT NOT NULL) STRICT;
  CREATE TABLE memories (
    stack TEXT NOT NULL, groupName TEXT NOT NULL, memory TEXT NOT NULL, PRIMARY KEY (stack, groupName)
  ) STRICT;
  CREATE TABLE claims (
    type TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, stack TEXT NOT NULL, owner TEXT NOT NULL,
    mark TEXT NOT NULL, PRIMARY KEY (type, scope, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claimsByOwner ON claims (stack, owner);
  CREATE TABLE events (
    place INTEGER PRIMARY KEY, stack TEXT NOT NULL, seq INTEGER NOT NULL, groupName TEXT, type TEXT NOT NULL,
    at INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX eventsByStack ON events (stack);
  CREATE INDEX eventsByGroup ON events (groupName, stack);
  CREATE INDEX eventsByTime ON events (at);
  PRAGMA application_id = ${0x4d737472};
  PRAGMA user_version = 1;
`;

const DOCUMENT = { dialect: "muster", data: { stack: "shop", ["__proto__"]: "own", groups: { web: { size: 3 } } } };
const TIMES = [5, 1, 6, 2];

/** A store as an older Muster left it: one stack, four events under a clock that went back. */
function leaveFirst(steering: Json, holder?: Holder): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(FIRST);
  const declaration = { stack: "shop", document: DOCUMENT, source: "/srv/shop.yaml", generation: 4, steering };
  db.prepare("INSERT INTO declarations VALUES ('shop', ?)").run(JSON.stringify(declaration));
  db.exec(`INSERT INTO memories VALUES ('shop', 'web', '{"n":1}')`);
  db.prepare("INSERT INTO leases VALUES ('shop', 7, ?)").run(holder ? JSON.stringify(holder) : null);
  let head = GENESIS;
  for (const at of TIMES) {
    const [link] = chain("shop", [event(`at ${at}`)], at, head);
    if (link === undefined) throw new Error("one draft gives one link");
    head = link.event;
    db.prepare(
      "INSERT INTO events (stack, seq, groupName, type, at, hash, body) VALUES ('shop', ?, 'web', ?, ?, ?, ?)",
    ).run(link.event.seq, link.event.type, at, link.event.hash, link.text);
  }
  db.close();
}

function formatNow(): unknown {
  const db = new DatabaseSync(path);
  const row = db.prepare("PRAGMA user_version").get();
  db.close();
  return row?.["user_version"];
}

const me = thisProcess("/run/old.sock", "serve");

describe("a store of format 1", () => {
  it("is carried over: declarations, memory, leases and the history are as they were", async () => {
    leaveFirst({ web: "paused", api: "destroying" });
    const store = openSqliteStore(path);
    expect(await store.declaration("shop")).toEqual({
      ...{ stack: "shop", document: DOCUMENT, source: "/srv/shop.yaml", generation: 4, former: {} },
      steering: { web: { ...UNSTEERED, goal: "paused" }, api: { ...UNSTEERED, goal: "destroying" } },
    });
    expect(await store.memory("shop", "web")).toEqual({ n: 1 });
    expect(await store.acquire("shop", me, isAlive)).toMatchObject({ epoch: 8 });
    expect(await auditChain(store, "shop")).toMatchObject({ events: 4, head: { seq: 4 } });
    expect((await auditChain(store, "shop")).broken).toBeUndefined();
    await store.close();
    expect(formatNow()).toBe(2);
  });

  it("is asked by time as before, and written on", async () => {
    leaveFirst({});
    const store = openSqliteStore(path);
    const messages = async (since: number) => (await store.events({ since })).map((entry) => entry.event.message);
    expect(await messages(2)).toEqual(["at 5", "at 6", "at 2"]);
    const lease = await store.acquire("shop", me, isAlive);
    await store.write(lease, { events: [event("at 4")] }, 4);
    expect(await messages(4)).toEqual(["at 5", "at 6", "at 4"]);
    expect((await auditChain(store, "shop")).broken).toBeUndefined();
    await store.close();
    await openSqliteStore(path).close();
  });

  it("is left alone while the older Muster runs, and says which", () => {
    leaveFirst({}, me);
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({
        code: "store.in-use",
        message: expect.stringContaining(`\`muster serve\` (process ${process.pid})`),
      }),
    );
    expect(formatNow()).toBe(1);
  });

  it("is carried over when the older Muster was killed", async () => {
    leaveFirst({}, { ...me, started: "1" });
    await openSqliteStore(path).close();
    expect(formatNow()).toBe(2);
  });

  it("is in use by one that cannot be seen from here as long as its socket is there", async () => {
    const socket = join(path, "..", "old.sock");
    leaveFirst({}, { ...me, namespace: "pid:[1]", socket });
    writeFileSync(socket, "");
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: "store.in-use" }));
    rmSync(socket);
    await openSqliteStore(path).close();
    expect(formatNow()).toBe(2);
  });

  it("is left as it is where something in it cannot be read", () => {
    leaveFirst({ web: "whatever" });
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({ code: "store.damaged", message: expect.stringContaining('steered by "whatever"') }),
    );
    expect(formatNow()).toBe(1);
  });

  it("is carried over once, by however many open it", async () => {
    leaveFirst({ web: "paused" });
    const stores = [openSqliteStore(path), openSqliteStore(path)];
    for (const store of stores) {
      expect((await store.declaration("shop"))?.steering["web"]).toEqual({ ...UNSTEERED, goal: "paused" });
      await store.close();
    }
  });
});
