import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "@muster/model";
import { openSqliteStore, type Store, storePath } from "@muster/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ended, type House, openHouse, until } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

type Entry = Readonly<Record<string, unknown>>;

/** Files of the house, by name. */
const declare = (files: Readonly<Record<string, Entry>>, more: object = {}) => {
  const file = Object.fromEntries(Object.entries(files).map(([name, entry]) => [house.path(name), entry]));
  return house.write("shop.json", { stack: "shop", resources: { file }, ...more });
};

const apply = (...words: readonly string[]) => house.run("apply", "shop.json", "--yes", ...words);
const read = (name: string) => readFileSync(house.path(name), "utf8");

/** Everything in a directory and when it was changed last. */
function listing(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => `${name} ${lstatSync(join(directory, name)).mtimeMs}`);
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqliteStore(storePath(house.env));
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const events = async (): Promise<readonly Event[]> =>
  (await withStore((store) => store.events({ limit: 100_000 }))).map(({ event }) => event);

const created = async () =>
  (await events()).filter(({ type }) => type === "resource.created").map((each) => each.resource);

async function confirmWhole(): Promise<void> {
  expect(await house.run("audit", "verify")).toMatchObject({ code: 0, err: "" });
}

const startOf = ({ out, err }: Ended) => `${out}\n${err}`;

describe("resources that are applied", () => {
  it("are made; once more changes nothing, and touches nothing", async () => {
    await declare({ a: { content: "A" }, b: { content: `b of \${file.${house.path("a")}.content}` } });
    expect(await apply()).toMatchObject({ code: 0, err: "" });
    expect([read("a"), read("b")]).toEqual(["A", "b of A"]);
    const before = listing(house.dir).filter((line) => /^[ab] /.test(line));
    const { code, out } = await apply();
    expect([code, out]).toEqual([0, expect.stringContaining("shop: declared already, generation 1")]);
    expect(listing(house.dir).filter((line) => /^[ab] /.test(line))).toEqual(before);
    await confirmWhole();
  });

  it("are told where some of them failed: what, why, and what is as declared", async () => {
    await house.write("flat", "no directory");
    await declare({
      a: { content: "A" },
      "flat/b": { content: "B" },
      c: { dependsOn: `file.${house.path("flat/b")}` },
    });
    const { code, err } = await apply();
    expect(code).toBe(1);
    expect(err).toContain("error[resource.not-as-declared]: stack `shop`: 2 of 3 resources are not as declared: ");
    expect(err).toContain(`file.${house.path("flat/b")} failed: `);
    expect(err).toContain(`file.${house.path("c")} skipped: file.${house.path("flat/b")} is not as declared: `);
    expect(err).toContain(`As declared: file.${house.path("a")}.`);
    expect(existsSync(house.path("c"))).toBe(false);
    rmSync(house.path("flat"));
    mkdirSync(house.path("flat"));
    expect((await apply()).code).toBe(0);
    expect([read("flat/b"), existsSync(house.path("c"))]).toEqual(["B", true]);
  });

  it("have detailed exit codes: nothing, changed, failed, both", async () => {
    await declare({ a: { content: "A" } });
    expect((await apply("--detailed-exitcodes")).code).toBe(2);
    expect((await apply("--detailed-exitcodes")).code).toBe(0);
    await house.write("flat", "no directory");
    await declare({ a: { content: "B" }, "flat/b": { content: "B" } });
    expect((await apply("--detailed-exitcodes")).code).toBe(6);
    expect((await apply("--detailed-exitcodes")).code).toBe(4);
  });

  it("are refused whole where nobody has agreed to what cannot be taken back, with file, line and column", async () => {
    const text = (note: string, content: string, own = "") =>
      house.write(
        "shop.json",
        `{ "stack": "shop", "providers": { "instance-file": { "dir": "${house.instances}" } }, "resources": {\n` +
          `  "file": { "${house.path("a")}": { "content": "${content}" } },\n` +
          `  "instance-file": {\n    "one": { "properties": { "note": "${note}" }${own} } } } }`,
      );
    await text("1", "1");
    expect((await apply()).code).toBe(0);
    const [first] = house.files();
    await text("2", "2");
    const refused = await apply();
    expect(refused.code).not.toBe(0);
    expect(refused.err).toMatch(
      /^error\[resource\.needs-consent\]: `instance-file\.one`: it is destroyed and made anew/m,
    );
    expect(refused.err).toMatch(/^ {2}at \S*shop\.json:4:5 /m);
    expect([read("a"), house.files()]).toEqual(["1", [first]]);

    await text("2", "2", ', "protect": true');
    expect((await apply("--allow", "replace")).err).toContain("error[resource.protected]");
    expect([read("a"), house.files()]).toEqual(["1", [first]]);

    await text("2", "2");
    expect((await apply("--allow", "replace")).code).toBe(0);
    expect(read("a")).toBe("2");
    expect(house.files()).toHaveLength(1);
    expect(house.files()).not.toContain(first);
    await text("2", "2", ', "protect": true');
    expect((await apply()).code).toBe(0);
    expect((await house.run("destroy", "shop.json", "--yes")).err).toContain("error[resource.protected]");
    expect([read("a"), house.files().length]).toEqual(["2", 1]);
  });

  it("and their contents stand in no event", async () => {
    await house.write("a", "was here before");
    await declare({ a: { content: "hunter2" } });
    await apply();
    const told = JSON.stringify(await events());
    expect(told).toContain("resource.adopted");
    expect(told).not.toContain("hunter2");
    expect(told).not.toContain("was here before");
    await confirmWhole();
  });
});

describe("a plan", () => {
  it("leaves no trace, whatever it finds", async () => {
    await declare({ a: { content: "A" } });
    const empty = listing(house.dir);
    expect((await house.run("plan", "shop.json")).code).toBe(3);
    expect(listing(house.dir)).toEqual(empty);
    await apply();
    await declare({ a: { content: "B" }, "d/e": { content: "E" } });
    const before = listing(house.dir);
    await house.run("plan", "shop.json", "--prune");
    // SQLite's own files of readers come and go.
    const isOurs = (line: string) => !/-(shm|wal) |^\.local\/state\/muster /.test(line);
    expect(listing(house.dir).filter(isOurs)).toEqual(before.filter(isOurs));
  });
});

describe("resources that are watched", () => {
  it("are put back at once, and follow the file that declares them", async () => {
    await declare({ a: { content: "A" }, b: { content: "B" } });
    const watch = house.start("watch", "shop.json");
    await until(() => existsSync(house.path("b")), watch.err);
    rmSync(house.path("a"));
    await until(() => existsSync(house.path("a")), watch.out);
    writeFileSync(house.path("b"), "scribble");
    await until(() => read("b") === "B", watch.out);
    await declare({ a: { content: "another" } });
    await until(() => read("a") === "another", watch.out);
    expect(read("b")).toBe("B");
    await declare({ a: { ensure: "absent" } });
    await until(() => !existsSync(house.path("a")), watch.out);
    watch.signal("SIGINT");
    expect((await watch.ended).code).toBe(0);
    await confirmWhole();
  });
});

describe("resources and groups together", () => {
  it("are destroyed, down to the last", async () => {
    const groups = { web: { size: 2, template: { "instance-file": {} } } };
    const providers = { "instance-file": { dir: house.instances } };
    await declare({ a: { content: "A" }, b: { dependsOn: `file.${house.path("a")}` } }, { groups, providers });
    expect((await apply()).code).toBe(0);
    expect(house.files()).toHaveLength(2);
    const ended = await house.run("destroy", "shop.json", "--yes");
    expect([ended.code, ended.out]).toEqual([0, expect.stringContaining("shop: destroyed")]);
    expect([house.files(), existsSync(house.path("a")), existsSync(house.path("b"))]).toEqual([[], false, false]);
    expect(await withStore((store) => store.claims("shop"))).toEqual([]);
    await confirmWhole();
  });
});

describe("an apply of many resources", () => {
  const MANY = 500;
  const many = () =>
    declare(Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`m/${at}`, { content: `${at}` }])));
  const made = () => readdirSync(house.path("m")).filter((name) => !name.startsWith(".")).length;

  beforeEach(async () => {
    mkdirSync(house.path("m"));
    await many();
  });

  it("that was killed is gone on with: nothing twice, each claimed, the history whole", async () => {
    const first = house.start("apply", "shop.json", "--yes");
    await until(() => made() > MANY / 10, first.err);
    first.signal("SIGKILL");
    await first.ended;
    expect(made()).toBeLessThan(MANY);
    expect(await apply()).toMatchObject({ code: 0, err: "" });
    expect(made()).toBe(MANY);
    expect(read("m/123")).toBe("123");
    await withStore(async (store) => {
      const claims = await store.claims("shop");
      expect(new Set(claims.map(({ id }) => id)).size).toBe(MANY);
      expect(claims.every(({ id, mark }) => mark.owner === `resource:file.${id}`)).toBe(true);
      expect(await store.memories("shop", "")).toEqual(new Map());
    });
    expect(new Set(await created()).size).toBe((await created()).length);
    await confirmWhole();
  });

  it("ends in good order when it is asked to, says how to go on, and can be", async () => {
    const first = house.start("apply", "shop.json", "--yes");
    await until(() => made() > 0, first.err);
    first.signal("SIGINT");
    const ended = await first.ended;
    // It may have been through already.
    if (made() < MANY)
      expect([ended.code, startOf(ended)]).toEqual([130, expect.stringContaining("apply.interrupted")]);
    // What was begun was finished, and written down.
    expect(await created()).toHaveLength(made());
    expect((await apply()).code).toBe(0);
    expect(made()).toBe(MANY);
    await confirmWhole();
  });

  it("beside another of the same stack: one of them does it, and nothing is done twice", async () => {
    const ends = await Promise.all([apply(), apply(), apply()]);
    expect(ends.filter(({ code }) => code === 0).length).toBeGreaterThanOrEqual(1);
    for (const { code, err } of ends) {
      if (code !== 0) expect(err).toMatch(/error\[(stack\.held|apply\.left|daemon\.\S+)\]/);
    }
    expect((await apply()).code).toBe(0);
    expect(made()).toBe(MANY);
    expect(await created()).toHaveLength(MANY);
    await confirmWhole();
  });
});
