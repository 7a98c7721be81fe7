import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, thisProcess } from "../alive.ts";
import { startChild, startChildThrough } from "../test/child.ts";
import { FORMAT } from "./schema.ts";
import { openSqliteStore } from "./store.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
  path = join(directory, "store.sqlite");
});
afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true });
});

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe("opening a store", () => {
  it("makes it, and the directories above it, closed to other users", async () => {
    const deep = join(directory, "state", "muster");
    const store = openSqliteStore(join(deep, "store.sqlite"));
    await store.acquire("shop", thisProcess("", "serve"), isAlive);
    expect(modeOf(join(directory, "state"))).toBe("700");
    expect(modeOf(deep)).toBe("700");
    const files = readdirSync(deep);
    expect(files).toContain("store.sqlite-wal");
    for (const file of files) expect(modeOf(join(deep, file)), file).toBe("600");
    await store.close();
  });

  it("finds everything again", async () => {
    const before = openSqliteStore(path);
    const lease = await before.acquire("shop", thisProcess("", "serve"), isAlive);
    await before.write(lease, { memory: { web: { n: 1 } } }, 0);
    await before.close();
    const after = openSqliteStore(path);
    expect(await after.memory("shop", "web")).toEqual({ n: 1 });
    expect(await after.lease("shop")).toEqual(lease);
    await after.close();
  });

  it("makes a store of an empty file, as a creation that was cut short leaves it", async () => {
    writeFileSync(path, "");
    const store = openSqliteStore(path);
    expect(await store.declarations()).toEqual([]);
    await store.close();
  });

  it("refuses one that a newer Muster wrote, and leaves it as it is", async () => {
    await openSqliteStore(path).close();
    withDatabase((db) => db.exec(`PRAGMA user_version = ${FORMAT + 1}`));
    const before = readFileSync(path);
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({ code: "store.version", words: { path, found: FORMAT + 1, known: FORMAT } }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("refuses a database of another program, and leaves it as it is", () => {
    withDatabase((db) => db.exec("CREATE TABLE theirs (a); PRAGMA user_version = 1"));
    const before = readFileSync(path);
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({ code: "store.not-a-store", message: expect.stringContaining("another program") }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ["a text", () => writeFileSync(path, "not a database, but long enough to be taken for one\n".repeat(100))],
    ["a short text", () => writeFileSync(path, "x")],
    ["a directory", () => mkdirSync(path)],
  ])("refuses %s", (_, make) => {
    make();
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: "store.not-a-store" }));
    // Not opened for writing by mistake: it would be made into one.
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: "store.not-a-store" }));
  });

  it("refuses a store that was cut off", async () => {
    await openSqliteStore(path).close();
    truncateSync(path, 5000);
    expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: "store.not-a-store" }));
  });

  it("fails where something else stands in the way", () => {
    writeFileSync(join(directory, "file"), "");
    expect(() => openSqliteStore(join(directory, "file", "store.sqlite"))).toThrow(
      expect.objectContaining({ code: "store.failed", message: expect.stringContaining("mkdir") }),
    );
  });

  function withDatabase(work: (db: DatabaseSync) => void): void {
    const db = new DatabaseSync(path);
    work(db);
    db.close();
  }
});

/** The superuser may write everything: such a process gives that right up first. */
const SETPRIV = "/usr/bin/setpriv";
const withoutRights =
  process.getuid?.() === 0 ? [SETPRIV, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] : [];

describe("a store whose file is taken away", () => {
  it("acknowledges nothing that nobody would find, and goes on when it is back", async () => {
    const store = openSqliteStore(path);
    const lease = await store.acquire("shop", thisProcess("", "serve"), isAlive);
    const write = () => store.write(lease, { memory: { web: { n: 1 } } }, 0);
    const failed = { code: "store.failed" };
    renameSync(path, `${path}.away`);
    await expect(write()).rejects.toMatchObject(failed);
    await expect(store.declarations()).rejects.toMatchObject(failed);
    writeFileSync(path, "");
    await expect(write()).rejects.toMatchObject(failed);
    renameSync(`${path}.away`, path);
    await write();
    await store.close();
  });
});

describe("a store without the right to write", () => {
  const make = () => openSqliteStore(path).close();

  it.for<[string, () => Promise<void> | void]>([
    ["in a directory that cannot be written", () => chmodSync(directory, 0o500)],
    ["that is there, in a directory that cannot be written", () => make().then(() => chmodSync(directory, 0o500))],
    ["whose file cannot be written", () => make().then(() => chmodSync(path, 0o400))],
    ["whose file cannot be read", () => make().then(() => chmodSync(path, 0o200))],
    ["in a directory that cannot be entered", () => make().then(() => chmodSync(directory, 0o000))],
  ])("%s fails when it is opened, and says why", async ([, prepare], { skip }) => {
    if (withoutRights.length > 0 && !existsSync(SETPRIV)) skip(`run by root, this needs ${SETPRIV}`);
    await prepare();
    const opener = startChildThrough(withoutRights, "opener.ts", path);
    expect(await opener.nextLine()).toMatch(/^store\.failed: .*EACCES: permission denied/);
    await opener.ended;
  });

  it("is otherwise written by the same process", async () => {
    const opener = startChild("opener.ts", path);
    expect(await opener.nextLine()).toBe("written");
    await opener.ended;
  });
});
