import { beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop } from "../test/shop.ts";

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

/** Somebody writes over it. */
function scribble(path: string, text: string) {
  const is = shop.world.notes.get(path);
  if (is === undefined) throw new Error(`there is no ${path}`);
  shop.world.notes.set(path, { ...is, properties: { ...is.properties, text } });
  shop.world.hint();
}

const textOf = (path: string) => shop.world.notes.get(path)?.properties.text;

describe("a resource that differs though nobody declared it", () => {
  it("is put right, and the history says that it was corrected", async () => {
    await shop.apply({ "note.a": { text: "1" } });
    scribble("a", "other");
    await shop.until(() => textOf("a") === "1");
    await shop.settled();
    expect(shop.events.at(-1)).toMatchObject({
      ...{ type: "resource.changed", resource: "note.a", cause: "corrective", instance: "a" },
      ...{ before: { text: "other" }, after: { text: "1" }, message: "note.a changed (text differs)" },
    });
  });

  it("is only reported where that is declared, once for each drift", async () => {
    await shop.apply({ "note.a": { text: "1", onDrift: "report" } });
    shop.changes();
    scribble("a", "other");
    await shop.until(() => shop.status("note.a")?.state === "drifted");
    expect(shop.status("note.a")).toMatchObject({ message: "text differs: drift of it is only reported" });
    await shop.clock.advance(300_000);
    const drifts = () => shop.events.filter(({ type }) => type === "resource.drifted").length;
    expect(drifts()).toBe(1);
    scribble("a", "1");
    await shop.until(() => shop.status("note.a")?.state === "kept");
    scribble("a", "other");
    await shop.until(() => shop.status("note.a")?.state === "drifted");
    expect(drifts()).toBe(2);
    expect(shop.changes()).toEqual([]);
  });

  it("is changed where that was meant, though drift of it is only reported", async () => {
    const text = (word: string) => ({ "note.a": { text: word, onDrift: "report" } as const });
    await shop.apply(text("1"));
    await shop.apply(text("2"));
    expect(textOf("a")).toBe("2");
  });

  it("is changed as was meant, also when Muster is killed before it could be", async () => {
    const text = (word: string) => ({
      "note.a": { text: word, onDrift: "report" } as const,
      "box.b": { size: word.length },
    });
    await shop.apply(text("1"));
    let isKilled = false;
    shop.world.before(({ verb }) => {
      if (isKilled || verb !== "update") return;
      isKilled = true;
      shop.kill();
      return new Promise(() => undefined);
    });
    await shop.declare(text("22"));
    await shop.until(() => isKilled);
    expect(textOf("a")).toBe("1");
    await shop.begin();
    await shop.settled();
    expect(shop.states()).toEqual(["note.a: kept", "box.b: kept"]);
    expect(textOf("a")).toBe("22");
  });

  it("is changed as was meant, though it was declared while a look was under way that found it kept", async () => {
    const text = (word: string) => ({ "note.a": { text: word, onDrift: "report" } as const, "note.b": {} });
    await shop.apply(text("1"));
    const { promise, resolve } = Promise.withResolvers<void>();
    shop.world.before(({ verb, of }) => (verb === "read" && of === "b" ? promise : undefined));
    shop.keeper().wake();
    await shop.clock.advance(1_500);
    await shop.declare(text("2"));
    resolve();
    await shop.settled();
    expect(textOf("a")).toBe("2");
  });

  it("has properties that are nobody's business once it is made", async () => {
    await shop.apply({ "note.a": { text: "1", count: 1, ignore: ["text"] } });
    scribble("a", "other");
    await shop.clock.advance(60_000);
    await shop.apply({ "note.a": { text: "2", count: 2, ignore: ["text"] } });
    expect(shop.world.notes.get("a")?.properties).toEqual({ path: "a", text: "other", count: 2 });
  });
});

describe("a stack that is only observed", () => {
  it("is told of, and nothing of it is touched", async () => {
    const texts = {
      "note.a": { text: "1" },
      "note.b": { dependsOn: ["note.a"] },
      "box.c": {},
      "chore.d": { once: "d" },
    };
    await shop.apply(texts, { mode: "observe", purge: { box: "destroy" } });
    shop.world.put("stray");
    shop.keeper().wake();
    await shop.clock.advance(120_000);
    expect(shop.changes()).toEqual([]);
    expect(shop.states()).toEqual([
      ...["note.a: drifted", "note.b: drifted", "box.c: drifted", "chore.d: drifted", "box.stray: drifted"],
    ]);
    expect(shop.status("note.b")?.message).toBe("missing: the stack is only observed");
    expect(await shop.store.claims("shop")).toEqual([]);
  });

  it("leaves what was made twice", async () => {
    await shop.apply({ "box.a": {} });
    const [first] = [...shop.world.boxes.values()];
    shop.world.put("a", {}, { ...first?.tags, "muster.intent": "another" });
    await shop.apply({ "box.a": {} }, { mode: "observe" });
    expect(shop.changes()).toEqual(["create a"]);
    expect(shop.status("box.a")).toMatchObject({ state: "kept", message: expect.stringContaining("more than one") });
  });
});

describe("what cannot be taken back", () => {
  const place = (word: string) => ({ "box.a": { place: word } });

  it("waits for a word, which holds for one generation", async () => {
    await shop.apply(place("here"));
    await shop.apply(place("there"));
    expect(shop.status("box.a")).toMatchObject({ state: "held", next: expect.stringContaining("--allow replace") });
    await shop.apply(place("there"), { allow: ["replace"] });
    expect(shop.changes()).toEqual(["create a", "destroy b1", "create a"]);
    await shop.apply(place("elsewhere"));
    expect(shop.status("box.a")?.state).toBe("held");
    expect(shop.changes()).toEqual([]);
  });

  it("needs none where it is declared with the resource", async () => {
    await shop.apply({ "box.a": { place: "here" } });
    await shop.apply({ "box.a": { place: "there", allow: ["replace"] } });
    expect(shop.world.boxes.get("b2")?.properties.place).toBe("there");
  });

  it("is not done to one that is protected", async () => {
    await shop.apply({ "box.a": { place: "here", protect: true }, "note.b": { protect: true } });
    shop.changes();
    await shop.apply(
      { "box.a": { place: "there", protect: true }, "note.b": { protect: true, ensure: "absent" } },
      { allow: ["replace"] },
    );
    expect(shop.states()).toEqual(["box.a: held", "note.b: held"]);
    expect(shop.changes()).toEqual([]);
    await expect(shop.keeper().destroyAll("user:ann")).rejects.toMatchObject({ code: "resource.protected" });
  });

  it("does not begin where the new one could not be made", async () => {
    await shop.apply({ "box.one": {}, "box.a": { place: "here" } });
    shop.changes();
    await shop.apply({ "box.one": {}, "box.a": { place: "${box.one.number}" } }, { allow: ["replace"] });
    expect(shop.status("box.a")).toMatchObject({ state: "failed", message: expect.stringContaining("place: ") });
    expect(shop.changes()).toEqual([]);
  });

  it("is held up by a word of the provider, and those that need it are not begun", async () => {
    await shop.apply({ "box.a": { size: 500 }, "note.b": { text: "${box.a.address}" } });
    expect(shop.status("box.a")).toMatchObject({
      ...{ state: "held", message: "there is no size 500", next: "Declare what its provider has." },
    });
    expect(shop.status("note.b")).toMatchObject({ state: "skipped", message: "box.a is not there" });
  });
});

describe("what does not become as it was meant", () => {
  it("backs off where a change does nothing, and says so", async () => {
    shop.world.deaf.add("update");
    await shop.apply({ "note.a": { text: "1" } });
    await shop.apply({ "note.a": { text: "2" } });
    expect(shop.status("note.a")).toMatchObject({
      ...{ state: "failed", message: "text differs again, right after it was changed" },
    });
    await shop.clock.advance(600_000);
    // At 0, 0, 1, 3, 7 … 511 s, each a little later.
    expect(shop.changes().length).toBeLessThan(14);
    shop.world.deaf.delete("update");
    await shop.clock.advance(700_000);
    expect(shop.states()).toEqual(["note.a: kept"]);
  });

  it("is not chased where somebody else changes it again and again", async () => {
    await shop.apply({ "note.a": { text: "1" } });
    shop.changes();
    shop.world.after(({ verb }) => {
      if (verb === "update") queueMicrotask(() => scribble("a", "mine"));
    });
    scribble("a", "mine");
    await shop.clock.advance(600_000);
    expect(shop.changes().length).toBeLessThan(14);
    expect(shop.status("note.a")?.state).toBe("failed");
  });

  it("backs off where it fails, and is tried at once when it is declared again", async () => {
    shop.world.before(({ verb }) => {
      if (verb === "create") throw "rubbish";
    });
    await shop.apply({ "note.a": { text: "1" } });
    expect(shop.status("note.a")).toMatchObject({ state: "failed", message: "rubbish" });
    await shop.clock.advance(600_000);
    const tried = shop.changes().length;
    expect(tried).toBeGreaterThan(5);
    expect(tried).toBeLessThan(14);
    shop.world.before(() => undefined);
    await shop.apply({ "note.a": { text: "1" } });
    expect(shop.states()).toEqual(["note.a: kept"]);
  });

  it("does not rest longer when the clock is set back", async () => {
    shop.world.before(({ verb }) => {
      if (verb === "create") throw new Error("no");
    });
    await shop.apply({ "note.a": {} });
    await shop.clock.advance(100_000);
    shop.world.before(() => undefined);
    shop.leap(-3_600_000);
    await shop.clock.advance(300_000);
    expect(shop.states()).toEqual(["note.a: kept"]);
  });

  it("is looked at again soon where it could not be looked at", async () => {
    shop.world.before(({ verb }) => {
      if (verb === "list") throw new Error("no answer");
    });
    await shop.apply({ "box.a": {} });
    expect(shop.status("box.a")).toMatchObject({ state: "failed", message: "no answer" });
    shop.world.before(() => undefined);
    await shop.clock.advance(2_000);
    expect(shop.states()).toEqual(["box.a: kept"]);
  });
});
