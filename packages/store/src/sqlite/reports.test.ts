import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import { FORMAT } from "./schema.ts";
import { openSqliteStore } from "./store.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("reports in a file", () => {
  it("are read beside whoever holds a stack, and were there when it is opened again", async () => {
    const path = join(directory, "store.sqlite");
    const holding = openSqliteStore(path);
    await holding.acquire("shop", thisProcess("", "serve"), isAlive);
    const asking = openSqliteStore(path);
    await asking.keepReport({ subject: "shop", at: 1, summary: null, report: [1] });
    expect(await holding.reports({})).toHaveLength(1);
    await asking.close();
    await holding.close();
    const later = openSqliteStore(path);
    expect(await later.lastReport("shop")).toMatchObject({ report: [1] });
    await later.close();
  });

  it("leave the format as it is: a Muster that knows nothing of them goes on", async () => {
    const path = join(directory, "store.sqlite");
    const store = openSqliteStore(path);
    await store.keepReport({ subject: "shop", at: 1, summary: null, report: null });
    await store.close();
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: FORMAT });
    db.close();
  });

  it("that cannot be read are damage, and are listed all the same", async () => {
    const path = join(directory, "store.sqlite");
    const store = openSqliteStore(path);
    await store.keepReport({ subject: "shop", at: 1, summary: null, report: null });
    const db = new DatabaseSync(path);
    db.exec("UPDATE reports SET report = '{'");
    db.close();
    await expect(store.lastReport("shop")).rejects.toMatchObject({ code: "store.damaged" });
    expect(await store.reports({})).toHaveLength(1);
    await store.close();
  });
});
