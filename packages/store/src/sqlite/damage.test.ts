import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import type { Store } from "../contract.ts";
import { event } from "../test/stores.ts";
import { openSqliteStore } from "./store.ts";

let path: string;
let store: Store;
beforeEach(async () => {
  path = join(mkdtempSync(join(tmpdir(), "store-")), "store.sqlite");
  store = openSqliteStore(path);
  const lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);
  await store.write(lease, { memory: { web: 1 }, events: [event("a"), event("b")] }, 1);
});
afterEach(async () => {
  await store.close();
  rmSync(join(path, ".."), { recursive: true });
});

const DECLARED = {
  ...{ stack: "shop", source: "shop.yaml", generation: 1, steering: {}, former: {} },
  document: { dialect: "muster", data: {} },
};

function change(sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

describe("a store in which something is damaged", () => {
  it.each(["oh", "", "5", "null", "[]", "{}", '{"stack":"shop","seq":2,"at":1}'])(
    "says so when an event is %j, and still gives the others",
    async (body) => {
      change(`UPDATE events SET body = '${body}' WHERE seq = 2`);
      await expect(store.events({})).rejects.toMatchObject({
        code: "store.damaged",
        message: `the store ${path} is damaged: at place 2 of its journal lies what is no event`,
      });
      expect(await store.events({ limit: 1 })).toMatchObject([{ event: { message: "a" } }]);
    },
  );

  it.each([
    ["no text as its stack", {}],
    ["no document", { stack: "shop", generation: 1, source: "", steering: {}, former: {} }],
    ["no number as its generation", { ...DECLARED, generation: "1" }],
    ["no steering", { ...DECLARED, steering: null }],
    ["no former documents", { ...DECLARED, former: [] }],
    ["no document", { ...DECLARED, document: { dialect: "klingon", data: {} } }],
    ["no document", { ...DECLARED, document: { dialect: "muster" } }],
  ])("says so when a declaration has %s", async (wrong, row) => {
    change(`INSERT INTO declarations VALUES ('shop', '${JSON.stringify(row)}')`);
    const damaged = { code: "store.damaged", message: `the store ${path} is damaged: a declaration has ${wrong}` };
    await expect(store.declaration("shop")).rejects.toMatchObject(damaged);
    await expect(store.declarations()).rejects.toMatchObject(damaged);
    await expect(store.declaration("blog")).resolves.toBeUndefined();
  });

  it("says so of a declaration, of memory and of what was dropped", async () => {
    change(`
      INSERT INTO declarations VALUES ('shop', '{');
      UPDATE memories SET memory = 'oh';
      INSERT INTO checkpoints VALUES ('shop', 1, '', 1, 1, 'user:ann', '5')`);
    const damaged = { code: "store.damaged" };
    await expect(store.declarations()).rejects.toMatchObject(damaged);
    await expect(store.declaration("shop")).rejects.toMatchObject(damaged);
    await expect(store.memory("shop", "web")).rejects.toMatchObject(damaged);
    await expect(store.checkpoint("shop")).rejects.toMatchObject(damaged);
    await expect(store.groups()).rejects.toMatchObject(damaged);
  });
});
