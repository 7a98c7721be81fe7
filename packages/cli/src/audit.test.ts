import { DatabaseSync } from "node:sqlite";
import { storePath } from "@muster/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dateAndTime } from "./print/time.ts";
import { type House, openHouse, walkthrough } from "./test/house.ts";
import { created, declared, record } from "./test/recorded.ts";

const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;
const OLD = NOW - 100 * 24 * HOUR;

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

function change(sql: string): void {
  const db = new DatabaseSync(storePath(house.env));
  db.exec(sql);
  db.close();
}

const recordAll = async () => {
  const shop = await record(house, OLD, [declared(2), created("i-1"), created("i-2")]);
  const blog = await record(house, NOW - HOUR, [declared(1)], "blog");
  return { shop: shop[2]?.hash ?? "", blog: blog[0]?.hash ?? "" };
};

describe("muster audit verify", () => {
  it("counts what holds in every stack, and prints the head to be kept elsewhere", async () => {
    const hashes = await recordAll();
    expect(await house.run("audit", "verify")).toEqual({
      code: 0,
      out:
        `blog  1 event holds, the last is number 1\n    head ${hashes.blog}\n` +
        `shop  3 events hold, the last is number 3\n    head ${hashes.shop}\n`,
      err: "",
    });
    const { out } = await house.run("audit", "verify", "shop", "--output", "json");
    expect(out).toBe(`{"stack":"shop","whole":true,"events":3,"head":{"seq":3,"hash":"${hashes.shop}"}}\n`);
  });

  it("names the first broken link of each stack, with its number and time, and goes along the others", async () => {
    await recordAll();
    change(`UPDATE events SET body = replace(body, '"i-2"', '"i-9"') WHERE stack = 'shop'`);
    const { code, out, err } = await house.run("audit", "verify");
    expect(out).toContain("blog  1 event holds, the last is number 1\n");
    expect(out).toContain("shop  2 events hold, number 3 does not\n");
    expect(err).toContain(
      `error[history.broken]: the history of stack \`shop\` does not hold at number 3 (${new Date(OLD).toISOString()}): ` +
        "its content was changed after it was written\n",
    );
    expect(code).toBe(1);
    const json = await house.run("audit", "verify", "shop", "--output", "json");
    expect(JSON.parse(json.out)).toMatchObject({ whole: false, broken: { seq: 3, at: OLD } });
    expect(JSON.parse(json.err)).toMatchObject({ errors: [{ code: "history.broken" }] });
  });

  it("goes along the newest only, where it is told so, and looks for no hash among them", async () => {
    const { blog, shop } = await recordAll();
    const { code, out } = await house.run("audit", "verify", "--newest", "2");
    expect([code, out]).toEqual([
      0,
      `blog  1 event holds, the last is number 1\n    head ${blog}\n` +
        `shop  2 events hold, the last is number 3\n    head ${shop}\n`,
    ]);
    change(`UPDATE events SET body = replace(body, '"i-1"', '"i-9"') WHERE stack = 'shop'`);
    const first = await house.run("audit", "verify", "--newest", "2");
    expect([first.code, first.err]).toEqual([1, expect.stringContaining("does not hold at number 2")]);
    expect((await house.run("audit", "verify", "--newest", "1")).code).toBe(0);
    for (const words of [["0"], ["many"], ["2", "--head", shop]]) {
      const { code: wrong, err } = await house.run("audit", "verify", "--newest", ...words);
      expect([wrong, err]).toEqual([2, expect.stringContaining("error[usage.bad-value]: --newest: ")]);
    }
  });

  it("shows by a hash that was kept elsewhere whether the end was cut off", async () => {
    const { shop } = await recordAll();
    const kept = await house.run("audit", "verify", "shop", "--head", shop);
    expect(kept.out).toContain("the hash that was given is that of number 3\n");
    expect(kept.code).toBe(0);
    change("DELETE FROM events WHERE stack = 'shop' AND seq = 3");
    const { code, out, err } = await house.run("audit", "verify", "--head", shop);
    expect(out).toContain("shop  2 events hold, the last is number 2\n");
    expect(err).toMatch(new RegExp(`^error\\[history\\.cut\\]: the hash ${shop} is not in the history of any stack\n`));
    expect(code).toBe(1);
  });

  it.each([
    [["nowhere"], "error[history.no-stack]", 2],
    [["shpo"], "did you mean `shop`?", 2],
    [["--head", "abc"], "--head: `abc` is no hash", 2],
  ] as const)("refuses %j", async (words, says, wanted) => {
    await recordAll();
    const { code, out, err } = await house.run("audit", "verify", ...words);
    expect(err).toContain(says);
    expect([code, out]).toEqual([wanted, ""]);
  });

  it("refuses what is no store", async () => {
    await house.run("apply", await house.write("garethr.json", walkthrough(0)), "--yes");
    change("PRAGMA application_id = 5");
    const { code, err } = await house.run("audit", "verify");
    expect(err).toMatch(/^error\[store\.not-a-store\]: .* it is a database of another program/);
    expect(code).toBe(1);
  });
});

describe("muster audit prune", () => {
  it("drops what is older, stack by stack, and verify begins there and says so", async () => {
    const { shop, blog } = await recordAll();
    const pruned = await house.run("audit", "prune", "--keep", "90d", "--yes");
    expect(pruned).toEqual({
      code: 0,
      out: "blog  nothing to drop\nshop  dropped 3 events, up to number 3\n",
      err: "",
    });
    const { code, out } = await house.run("audit", "verify", "--head", shop);
    expect(out).toMatch(
      /^shop {2}1 event holds, the last is number 4\n {4}head [0-9a-f]{64}\n {4}it begins after number 3: what was before was dropped on \S+ \S+ by user:\S+\n/m,
    );
    expect(out).toContain("the hash that was given is that of number 3");
    expect(code).toBe(0);
    const again = await house.run("audit", "prune", "shop", "--keep", "0s", "--yes", "--output", "json");
    expect(JSON.parse(again.out)).toMatchObject({ stack: "shop", dropped: 0, upTo: { seq: 3, hash: shop } });
    expect(again.out).not.toContain(blog);
    expect((await house.run("history", "shop/web")).out).toMatch(
      / · dropped 3 of the events, numbers 1 to 3; none is later/,
    );
  });

  it("goes on beside a Muster that keeps the stack", async () => {
    await house.write("garethr.json", walkthrough(1));
    const watch = house.start("watch", "garethr.json", "--set", "instance-file.dir=./instances");
    await watch.says("as declared");
    const pruned = await house.run("audit", "prune", "--keep", "0s", "--yes");
    expect(pruned.out).toMatch(/^garethr {2}dropped \d+ events, up to number \d+\n$/);
    await house.write("garethr.json", walkthrough(2));
    await watch.says("2 of 2 as declared");
    const { code, out } = await house.run("audit", "verify", "garethr");
    expect(out).toContain("it begins after number");
    expect(code).toBe(0);
    const past = JSON.parse((await house.run("group", "describe", "garethr", "--at", "0s", "--output", "json")).out);
    expect(past).toMatchObject({ declared: { after: { size: 2 } }, members: [{}, {}] });
  });

  it("does nothing unless it is told to in earnest, and how much", async () => {
    await recordAll();
    const refused = async (...words: readonly string[]) => {
      const { code, out, err } = await house.run("audit", "prune", ...words);
      expect([code, out]).toEqual([2, ""]);
      return err;
    };
    expect(await refused("--keep", "90d")).toMatch(/^error\[usage\.not-confirmed\]: `muster audit prune` asks/);
    expect(await refused("--yes")).toContain("it must be told how much is to be dropped, in one way");
    expect(await refused("--yes", "--keep", "1d", "--before", "2026-01-01")).toContain("in one way");
    expect(await refused("--yes", "--keep", "ninety")).toContain("--keep: `ninety` is no duration");
    const tomorrow = dateAndTime(NOW + 24 * HOUR);
    expect(await refused("--yes", "--before", tomorrow)).toContain(`--before: \`${tomorrow}\` is still to come`);
    expect((await house.run("audit", "verify", "shop")).out).toContain("3 events hold, the last is number 3");
  });

  it("drops nothing of a history that is broken", async () => {
    await recordAll();
    change("DELETE FROM events WHERE stack = 'shop' AND seq = 2");
    const { code, err } = await house.run("audit", "prune", "shop", "--keep", "90d", "--yes");
    expect(err).toMatch(/^error\[history\.broken\]: .* at number 2 .*number 3 follows number 1\n/);
    expect(code).toBe(1);
    expect((await house.run("audit", "verify", "shop")).out).toContain("1 event holds, number 2 does not");
  });
});
