import { beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop, type Texts } from "../test/shop.ts";

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

/** A note tells a chore, and another note. */
const texts = (text: string, more: object = {}): Texts => ({
  "note.conf": { text, notify: ["chore.reload", "note.log"], ...more },
  "chore.reload": { once: "installed" },
  "note.log": {},
});

describe("whoever is to be told of a change", () => {
  it("is refreshed once for each change, and not for being made", async () => {
    await shop.apply(texts("1"));
    expect(shop.changes().toSorted()).toEqual(["create conf", "create log", "run reload"]);
    await shop.apply(texts("2"));
    expect(shop.changes().toSorted()).toEqual(["refresh log", "run reload", "update conf"]);
    expect(shop.told().slice(-4).toSorted()).toEqual([
      "resource.decided chore.reload: refresh (note.conf has changed)",
      "resource.decided note.log: refresh (note.conf has changed)",
      "resource.refreshed chore.reload told (note.conf has changed)",
      "resource.refreshed note.log told (note.conf has changed)",
    ]);
    await shop.clock.advance(300_000);
    expect(shop.changes()).toEqual([]);
  });

  it("is refreshed for the cause of the change: what was put right by itself is not meant", async () => {
    await shop.apply(texts("1"));
    await shop.apply(texts("2"));
    shop.world.notes.delete("conf");
    shop.world.hint();
    const refreshed = () =>
      shop.events.filter(({ type, resource }) => type === "resource.refreshed" && resource === "note.log");
    await shop.until(() => refreshed().length === 2);
    expect(refreshed().map(({ cause }) => cause)).toEqual(["intentional", "corrective"]);
  });

  it("is refreshed after it was changed itself, and not when it was made anew", async () => {
    await shop.apply(texts("1"));
    shop.changes();
    await shop.apply({ ...texts("2"), "note.log": { text: "more" } });
    expect(shop.changes().toSorted()).toEqual(["refresh log", "run reload", "update conf", "update log"]);
    shop.world.notes.delete("log");
    await shop.apply({ ...texts("3"), "note.log": { text: "more" } });
    expect(shop.changes().toSorted()).toEqual(["create log", "run reload", "update conf"]);
  });

  it("is not refreshed where nothing came of the change", async () => {
    await shop.apply(texts("1"));
    shop.changes();
    shop.world.before(({ verb }) => {
      if (verb === "update") throw new Error("no");
    });
    await shop.apply(texts("2"));
    // What may have been changed could be anything; here it was not.
    await shop.apply(texts("1"));
    expect(shop.changes().filter((call) => call === "update conf")).toHaveLength(1);
  });

  it("is told again when it could not be told", async () => {
    await shop.apply(texts("1"));
    shop.changes();
    let fails = true;
    shop.world.before(({ verb }) => {
      if (fails && (verb === "run" || verb === "refresh")) throw new Error("no");
    });
    await shop.apply(texts("2"));
    expect(shop.states()).toEqual(["note.conf: kept", "chore.reload: failed", "note.log: failed"]);
    fails = false;
    await shop.until(() => shop.states().every((each) => each.endsWith(": kept")));
    expect(shop.changes().filter((call) => call === "refresh log")).toHaveLength(2);
    expect(shop.events.findLast(({ type }) => type === "resource.refreshed")?.cause).toBe("intentional");
  });

  it.each(["update conf", "run reload", "refresh log"])(
    "is not forgotten when Muster is killed at %s",
    async (call) => {
      await shop.apply(texts("1"));
      shop.changes();
      let isKilled = false;
      shop.world.after(({ verb, of }) => {
        if (isKilled || `${verb} ${of}` !== call) return;
        isKilled = true;
        shop.kill();
      });
      await shop.declare(texts("2"));
      await shop.until(() => isKilled);
      await shop.begin();
      await shop.settled();
      const changes = shop.changes();
      const times = (each: string) => changes.filter((other) => other === each).length;
      expect(times("update conf")).toBe(1);
      // Nobody can tell whether one has heard of it that was being told when the end came.
      const most = call === "update conf" ? 1 : 2;
      for (const each of ["run reload", "refresh log"]) {
        expect(times(each)).toBeGreaterThanOrEqual(1);
        expect(times(each)).toBeLessThanOrEqual(most);
      }
      expect(shop.states().every((each) => each.endsWith(": kept"))).toBe(true);
      expect(shop.events.findLast(({ type }) => type === "resource.refreshed")?.cause).toBe("intentional");
    },
  );

  it("is not forgotten when it is declared otherwise meanwhile", async () => {
    await shop.apply(texts("1"));
    shop.changes();
    shop.world.before(({ verb, of }) => {
      if (`${verb} ${of}` === "refresh log") throw new Error("no");
    });
    await shop.apply(texts("2"));
    shop.world.before(() => undefined);
    await shop.apply({ "note.conf": { text: "2" }, "note.log": {} });
    expect(shop.changes().at(-1)).toBe("refresh log");
  });

  it("is forgotten when it is declared no longer", async () => {
    await shop.apply(texts("1"));
    shop.world.before(({ verb, of }) => {
      if (`${verb} ${of}` === "refresh log") throw new Error("no");
    });
    await shop.apply(texts("2"));
    await shop.apply({ "note.conf": { text: "2" } });
    shop.world.before(() => undefined);
    shop.changes();
    await shop.apply({ "note.conf": { text: "2" }, "note.log": {} });
    expect(shop.changes()).toEqual([]);
  });

  it("tells others in its turn", async () => {
    const chain = (text: string): Texts => ({
      "note.a": { text, notify: ["chore.b"] },
      "chore.b": { once: "b", notify: ["chore.c"] },
      "chore.c": { once: "c" },
    });
    await shop.apply(chain("1"));
    shop.changes();
    await shop.apply(chain("2"));
    expect(shop.changes()).toEqual(["update a", "run b", "run c"]);
  });

  it("is planned to be told, and is not told by a plan", async () => {
    await shop.apply(texts("1"));
    shop.changes();
    const { resources } = await shop.plan(texts("2"));
    expect(resources.steps.map(({ address, effect, cause, after }) => [address, effect, cause, after])).toEqual([
      ["note.conf", "in-place", "intentional", []],
      ["chore.reload", "refresh", "intentional", ["note.conf"]],
      ["note.log", "refresh", "intentional", ["note.conf"]],
    ]);
    expect(shop.changes()).toEqual([]);
  });

  it("hears of nothing where a thing was only taken in", async () => {
    shop.world.put("one", { size: 1 });
    await shop.apply({ "box.one": { size: 1, notify: ["note.log"] }, "note.log": {} });
    expect(shop.changes()).toEqual(["retag b1", "create log"]);
    shop.world.put("two", { size: 1 });
    await shop.apply({ "box.one": { size: 1 }, "box.two": { size: 2, notify: ["note.log"] }, "note.log": {} });
    expect(shop.changes()).toEqual(["retag b2", "update b2", "refresh log"]);
  });
});

describe("a chore", () => {
  it("is done when it is due, and once", async () => {
    await shop.apply({ "chore.a": { once: "a" } });
    await shop.clock.advance(120_000);
    expect(shop.changes()).toEqual(["run a"]);
  });

  it("that is due whatever is done is not done again and again", async () => {
    shop.world.deaf.add("run");
    await shop.apply({ "chore.a": { once: "a" } });
    expect(shop.status("chore.a")).toMatchObject({
      ...{ state: "failed", message: "a is not done again, right after it was changed" },
    });
    await shop.clock.advance(60_000);
    expect(shop.changes().length).toBeLessThan(10);
  });
});
