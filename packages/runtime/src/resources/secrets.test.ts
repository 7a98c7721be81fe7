import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "@muster/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop, type Texts } from "../test/shop.ts";

const PASSWORD = "correct-horse-battery";
const KEY = "another-key-9";

let directory: string;
let shop: Shop;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "secrets-"));
  const store = openSqliteStore(join(directory, "store.sqlite"));
  shop = openShop({ store, env: { PASSWORD, KEY } });
});
afterEach(async () => {
  await shop.store.close();
  rmSync(directory, { recursive: true });
});

const secret = (env: string) => ({ secret: { env } });
/** One holds a secret, and others are given it: whole, within a text, and as what is never shown again. */
const texts = (more: object = {}): Texts => ({
  "note.a": { text: secret("PASSWORD"), ...more },
  "note.whole": { text: "${note.a.text}" },
  "note.within": { text: "user:${note.a.text}@host" },
  "box.b": { key: secret("KEY"), colour: "red" },
  "box.c": { key: "${note.a.text}" },
  "chore.d": { once: "d", word: "${note.whole.text}" },
});

/** Everything that is kept, shown and said. */
async function everythingSaid(): Promise<string> {
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), "latin1"));
  const { plan } = { plan: await shop.plan(texts({ count: 7 })) };
  const said = [plan, shop.events, shop.keeper().resources(), shop.troubles.map(String)];
  return [...files, JSON.stringify(said)].join("\n");
}

describe("a secret", () => {
  it("goes into what is made, and nowhere else", async () => {
    await shop.apply(texts());
    expect(shop.states().every((each) => each.endsWith(": kept"))).toBe(true);
    expect(shop.world.notes.get("within")?.properties.text).toBe(`user:${PASSWORD}@host`);
    const said = await everythingSaid();
    expect(said).toContain("note.within");
    expect(said).not.toContain(PASSWORD);
    expect(said).not.toContain(KEY);
  });

  it("is not told where it differs, nor what is there in its place", async () => {
    await shop.apply(texts());
    for (const [path, is] of shop.world.notes) {
      shop.world.notes.set(path, { ...is, properties: { ...is.properties, text: "somebody's own word" } });
    }
    shop.world.hint();
    await shop.until(() => shop.world.notes.get("a")?.properties.text === PASSWORD);
    await shop.settled();
    const said = await everythingSaid();
    expect(said).not.toContain("somebody's own word");
    expect(said).not.toContain(PASSWORD);
  });

  it("is not told by errors of those who are given it", async () => {
    shop.world.before(({ verb }) => {
      if (verb === "create") throw new Error(`cannot write "${PASSWORD}" and ${KEY}`);
      if (verb === "due") throw new Error(`what is ${PASSWORD}?`);
    });
    await shop.apply(texts());
    expect(shop.status("note.a")?.message).toBe(`cannot write "(secret)" and ${KEY}`);
    expect(shop.status("box.b")?.message).toBe(`cannot write "${PASSWORD}" and (secret)`);
    expect(shop.told()).toContain(`resource.failed note.a: create failed: cannot write "(secret)" and ${KEY}`);
  });

  it("is not told by what a chore says of itself", async () => {
    shop.world.before(() => undefined);
    await shop.apply({ "note.a": { text: secret("PASSWORD") }, "chore.d": { once: PASSWORD, word: "${note.a.text}" } });
    expect(shop.told()).toContain("resource.ran chore.d run ((secret) is not done)");
  });

  it("that is another one is noticed where it can be read, and where it is read is another", async () => {
    await shop.apply(texts());
    shop.changes();
    // What is never shown again is compared as it is declared: where the secret is read.
    await shop.apply({ ...texts(), "box.b": { key: secret("PASSWORD"), colour: "red" } });
    expect(shop.changes()).toEqual(["update b1"]);
    expect(Object.values(shop.world.boxes.get("b2")?.digests ?? {})).toHaveLength(1);
  });

  it("that cannot be read is told, and what needs it waits", async () => {
    await shop.apply({ "note.a": { text: secret("NOWHERE") }, "note.b": {} });
    expect(shop.states()).toEqual(["note.a: failed", "note.b: kept"]);
    expect(shop.status("note.a")?.message).toContain("NOWHERE");
  });

  it("of a command is read once in a look, however many have it", async () => {
    const count = join(directory, "count");
    const told = { secret: { command: ["/bin/sh", "-c", `echo x >> ${count}; echo ${PASSWORD}`] } };
    const many = Array.from({ length: 5 }, (_, at) => [`note.n${at}`, { text: told }] as const);
    await shop.plan(Object.fromEntries(many));
    expect(readFileSync(count, "utf8")).toBe("x\n");
  });
});

describe("what is told of a change", () => {
  it("is what it was and what it is, and of long texts only how long they are", async () => {
    const long = "x".repeat(500);
    await shop.apply({ "note.a": { text: "short", list: ["1"] } });
    await shop.apply({ "note.a": { text: long, list: ["1", "2"] } });
    const { before, after } = shop.events.findLast(({ type }) => type === "resource.changed") ?? {};
    expect(before).toEqual({ text: "short", list: ["1"] });
    expect(after).toEqual({ text: expect.stringMatching(/^500 characters, sha256 [0-9a-f]{12}$/), list: ["1", "2"] });
  });
});
