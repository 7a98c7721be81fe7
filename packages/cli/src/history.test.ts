import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { storePath } from "@muster/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dateAndTime } from "./print/time.ts";
import { type House, openHouse, until, walkthrough } from "./test/house.ts";
import { created, declared, draft, gone, record } from "./test/recorded.ts";

const HOUR = 3_600_000;
/** Whole seconds, as they are printed. */
const NOW = Math.floor(Date.now() / 1000) * 1000;
const T1 = NOW - 3 * HOUR;
const T2 = NOW - 2 * HOUR;
const T3 = NOW - HOUR;

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const linesOf = (text: string) => text.split("\n").slice(0, -1);
const jsonOf = (text: string) => linesOf(text).map((line) => JSON.parse(line));

/** What happened to the group `web` of `shop`: declared, made, lost, made again, made bigger. */
async function recordWeb(): Promise<void> {
  await record(house, T1, [
    draft("stack.committed", "declared, generation 1", { group: undefined, actor: "user:ann" }),
    declared(1),
    created("i-1"),
    draft("group.converged", "1 of 1 as declared"),
  ]);
  await record(house, T2, [gone("i-1"), created("i-2")]);
  await record(
    house,
    T2,
    [created("a-1")].map((event) => ({ ...event, group: "api" })),
  );
  await record(house, T3, [declared(2, 1), created("i-3"), draft("group.stalled", "no room left")]);
}

describe("muster history", () => {
  it("tells what happened to a group, who did it, why, and what changed", async () => {
    await recordWeb();
    const { code, out, err } = await house.run("history", "web", "--since", dateAndTime(T3));
    const pad = " ".repeat(22);
    expect(linesOf(out)).toEqual([
      `${dateAndTime(T3)} · declared anew  (user:ann, intentional)`,
      `${pad}size  1 → 2`,
      `${dateAndTime(T3)} + created i-3 (missing)  (muster, corrective)`,
      `${pad}revision  → r1`,
      `${dateAndTime(T3)} ! no room left  (muster, corrective)`,
    ]);
    expect([code, err]).toEqual([0, ""]);
  });

  it("gives one event a line as JSON, newest last, of that group and of what concerns it", async () => {
    await recordWeb();
    await record(house, NOW, [draft("history.pruned", "dropped 0 of the events", { group: undefined })]);
    const all = jsonOf((await house.run("history", "shop/web", "--output", "json")).out);
    expect(all.map(({ type, group }) => [type, group])).toEqual([
      ["group.committed", "web"],
      ["instance.created", "web"],
      ["group.converged", "web"],
      ["instance.vanished", "web"],
      ["instance.created", "web"],
      ["group.committed", "web"],
      ["instance.created", "web"],
      ["group.stalled", "web"],
      ["history.pruned", undefined],
    ]);
    const newest = jsonOf((await house.run("history", "web", "--limit", "2", "--output", "json")).out);
    expect(newest).toEqual(all.slice(-2));
    const older = jsonOf(
      (await house.run("history", "web", "--since", "150m", "--limit", "4", "--output", "json")).out,
    );
    expect(older).toEqual(all.slice(-4));
  });

  it("shows the newest 50, and page after page of all since a time", async () => {
    for (let i = 0; i < 5; i++) {
      await record(
        house,
        T1 + i,
        Array.from({ length: 500 }, (_, j) => draft("group.decided", `${i * 500 + j}`)),
      );
    }
    const messages = async (...words: readonly string[]) =>
      jsonOf((await house.run("history", "web", "--output", "json", ...words)).out).map(({ message }) =>
        Number(message),
      );
    const numbers = (from: number) => Array.from({ length: 2500 - from }, (_, i) => from + i);
    expect(await messages()).toEqual(numbers(2450));
    expect(await messages("--since", "1d")).toEqual(numbers(0));
    expect(await messages("--limit", "2001")).toEqual(numbers(499));
  });

  it("offers the nearest group for one that the history does not tell of", async () => {
    await recordWeb();
    const { code, err } = await house.run("history", "wbe");
    expect(err).toMatch(/^error\[history\.no-group\]: the history tells of no group `wbe` \(did you mean `web`\?\)/);
    expect(code).toBe(2);
    const elsewhere = await house.run("history", "web", "--stack", "shpo");
    expect(elsewhere.err).toMatch(/^error\[history\.no-stack\]: .* `shpo` \(did you mean `shop`\?\)/);
    expect(elsewhere.code).toBe(2);
  });

  it("asks for the stack where several have such a group", async () => {
    await recordWeb();
    await record(house, T2, [created("b-1")], "blog");
    const { code, err } = await house.run("history", "web");
    expect(err).toMatch(/^error\[group\.ambiguous\]: more than one stack has a group `web`: blog, shop\n/);
    expect(code).toBe(2);
    for (const words of [["blog/web"], ["web", "--stack", "blog"]]) {
      expect((await house.run("history", ...words)).out).toContain("created b-1");
    }
  });

  it("says that nothing was declared here, and makes no store by looking", async () => {
    for (const words of [
      ["history", "web"],
      ["events"],
      ["audit", "verify"],
      ["group", "describe", "web", "--at", "1h"],
    ]) {
      const { code, out, err } = await house.run(...words);
      expect(err).toMatch(/^error\[store\.missing\]: there is no store at /);
      expect([code, out]).toEqual([1, ""]);
    }
    expect(existsSync(storePath(house.env))).toBe(false);
  });

  it.each([
    [["--limit", "0"], "--limit: `0` is no number of events"],
    [["--limit", "1000000000000"], "--limit: `1000000000000` is no number of events"],
    [["--limit", "-1"], "--limit: `-1` is no number of events"],
    [["--limit", "ten"], "--limit: `ten` is no number of events"],
    [["--since", "5"], "--since: `5` is no time"],
    [["--since", "2026-02-30"], "--since: `2026-02-30` is no time"],
  ])("refuses %j", async (words, says) => {
    await recordWeb();
    const { code, out, err } = await house.run("history", "web", ...words);
    expect(err).toContain(says);
    expect([code, out]).toEqual([2, ""]);
  });

  it("says that the store is damaged where an event cannot be read", async () => {
    await recordWeb();
    const db = new DatabaseSync(storePath(house.env));
    db.exec("UPDATE events SET body = 'oh' WHERE seq = 3");
    db.close();
    const { code, err } = await house.run("history", "web");
    expect(err).toMatch(
      /^error\[store\.damaged\]: .* lies what is no event\n {2}next: `muster audit verify` tells where/,
    );
    expect(code).toBe(1);
  });
});

describe("muster group describe --at", () => {
  const at = async (time: number, ...words: readonly string[]) =>
    house.run("group", "describe", "web", "--at", new Date(time).toISOString(), ...words);

  it("shows how a group stood then, though no Muster runs", async () => {
    await recordWeb();
    const { code, out, err } = await at(T2 + 1000);
    expect(linesOf(out)).toEqual([
      "group     web",
      "stack     shop",
      `at        ${dateAndTime(T2 + 1000)}`,
      `declared  ${dateAndTime(T1)}, user:ann`,
      "type      instance-file",
      "flavor    vanilla",
      "size      1",
      `standing  1 of 1 as declared (${dateAndTime(T1)}, muster)`,
      "",
      "MEMBER  SLOT  STATE  SINCE                REVISION  REASON",
      `i-2     0     there  ${dateAndTime(T2)}  r1`,
    ]);
    expect([code, err]).toEqual([0, ""]);
    const later = JSON.parse((await at(T3, "--output", "json")).out);
    expect(later).toMatchObject({
      ...{ at: T3, stack: "shop", group: "web", declared: { after: { size: 2 } } },
      ...{ standing: { message: "no room left" }, members: [{ id: "i-2" }, { id: "i-3" }] },
    });
  });

  it("shows a group that was let go, and one that was steered", async () => {
    await recordWeb();
    await record(house, NOW - 2000, [draft("group.steered", "paused", { actor: "user:ann" })]);
    await record(house, NOW - 1000, [
      draft("group.released", "no longer kept; its members stay", { actor: "user:bob" }),
    ]);
    expect((await at(NOW - 2000)).out).toContain(`steered   paused (${dateAndTime(NOW - 2000)}, user:ann)\n`);
    expect((await at(NOW)).out).toMatch(
      /^group {2}web\nstack {2}shop\nat {5}.*\nended {2}no longer kept; its members stay \(.*, user:bob\)\n\nMEMBER/,
    );
  });

  it("refuses a time before there was anything, one to come, and what is no time", async () => {
    await recordWeb();
    const early = await at(T1 - 1000);
    expect(early.err).toBe(
      `error[history.too-early]: nothing is known of group \`web\` at ${dateAndTime(T1 - 1000)}: ` +
        `its history begins at ${dateAndTime(T1)}\n  next: Ask for a later time.\n`,
    );
    expect([early.code, early.out]).toEqual([2, ""]);
    expect((await at(NOW + 10 * HOUR)).err).toContain("is still to come");
    const { code, err } = await house.run("group", "describe", "web", "--at", "noon");
    expect(err).toContain("--at: `noon` is no time");
    expect(code).toBe(2);
  });

  it("shows it the same after pruning, and says so where that has removed what would tell it", async () => {
    await recordWeb();
    const before = (await at(T3)).out;
    const pruned = await house.run("audit", "prune", "--before", dateAndTime(T3), "--yes");
    expect(pruned).toEqual({ code: 0, out: "shop  dropped 7 events, up to number 7\n", err: "" });
    expect((await at(T3)).out).toBe(before);
    const { code, err } = await at(T2 - 1000);
    expect(err).toMatch(/^error\[history\.dropped\]: how group `web` stood at .* is known no more: .* by user:/);
    expect(code).toBe(4);
  });
});

describe("muster events", () => {
  const messages = async (...words: readonly string[]) =>
    jsonOf((await house.run("events", "--output", "json", ...words)).out).map(({ message }) => message);

  it("shows what is asked for, where nothing runs", async () => {
    await recordWeb();
    await record(house, T2, [created("b-1")], "blog");
    expect(await messages("--group", "api")).toEqual(["created a-1 (missing)"]);
    expect(await messages("--group", "blog/web")).toEqual(["created b-1 (missing)"]);
    expect(await messages("shop", "--type", "group.stalled, group.converged")).toEqual([
      "1 of 1 as declared",
      "no room left",
    ]);
    expect(await messages("--type", "instance", "--since", dateAndTime(T3))).toEqual(["created i-3 (missing)"]);
    expect(await messages("--type", "rollout")).toEqual([]);
  });

  it("shows all since a time, however many they are", async () => {
    for (let i = 0; i < 3; i++) {
      await record(
        house,
        T1,
        Array.from({ length: 1000 }, () => draft("group.decided", "")),
      );
    }
    expect(await messages("--since", "1d")).toHaveLength(3000);
    expect(await messages()).toHaveLength(50);
  });

  it("knows the nearest type", async () => {
    const { code, err } = await house.run("events", "--type", "instance.created,instance.vanishd");
    expect(err).toBe(
      "error[usage.bad-value]: --type: there is no event type `instance.vanishd` (did you mean `instance.vanished`?)\n" +
        "  next: Give a type as instance.created, or all of a kind: stack, group, rollout, revision, instance, resource, check, history.\n",
    );
    expect(code).toBe(2);
  });

  it("follows only what is asked for, and the history of a Muster that runs is verified beside it", async () => {
    await house.write("garethr.json", walkthrough(1));
    const watch = house.start("watch", "garethr.json", "--set", "instance-file.dir=./instances");
    await watch.says("as declared");
    const words = ["--since", "1h", "--type", "instance", "--group", "garethr", "--output", "json"];
    const followed = house.start("events", "--follow", ...words);
    await followed.says("instance.created");
    await house.write("garethr.json", walkthrough(2));
    await watch.says("2 of 2 as declared");
    await until(() => jsonOf(followed.out()).length === 2, followed.out);
    expect(jsonOf(followed.out()).map(({ type }) => type)).toEqual(["instance.created", "instance.created"]);
    expect(await messages("--since", "1h", "--type", "instance")).toHaveLength(2);
    expect((await house.run("history", "garethr")).out).toContain("size  1 → 2");
    const verified = await house.run("audit", "verify", "garethr");
    expect([verified.code, verified.err]).toEqual([0, ""]);
    followed.signal("SIGINT");
    expect(await followed.ended).toMatchObject({ code: 0, err: "" });
  });
});
