import { beforeEach, describe, expect, it } from "vitest";
import { openShop, rest, type Shop } from "../test/shop.ts";

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

/** A call that is not answered before it is told to be. */
function heldUp(which: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  shop.world.before(({ verb, of }) => (`${verb} ${of}` === which ? promise : undefined));
  return resolve;
}

describe("resources", () => {
  it("are made in their order, and not a second time", async () => {
    await shop.apply({ "note./a/b": { text: "B" }, "note./a": { text: "A" } });
    expect(shop.changes()).toEqual(["create /a", "create /a/b"]);
    expect(shop.states()).toEqual(["note./a: kept", "note./a/b: kept"]);
    shop.keeper().wake();
    await shop.clock.advance(120_000);
    expect(shop.changes()).toEqual([]);
  });

  it("that do not rest on each other are made at once, so many of each provider", async () => {
    shop.world.before(({ verb }) => (verb === "create" ? rest() : undefined));
    const texts = Array.from({ length: 200 }, (_, at) => [`note.n${at}`, { path: `/n${at}` }] as const);
    await shop.apply(Object.fromEntries(texts));
    expect(shop.world.most.get("create")).toBe(128);
    expect(shop.world.notes.size).toBe(200);
  });

  it("are not held up by one that takes long, nor by a provider that does not answer", async () => {
    const go = heldUp("create slow");
    await shop.declare({ "box.slow": {}, "note./a": {}, "note./b": { dependsOn: ["note./a"] } });
    await shop.until(() => shop.world.notes.size === 2);
    await shop.until(() => shop.states().length === 3);
    expect(shop.states()).toEqual(["box.slow: changing", "note./a: kept", "note./b: kept"]);

    // What vanishes meanwhile is put back, while the other is still awaited.
    shop.world.notes.delete("/a");
    shop.world.hint();
    await shop.until(() => shop.world.notes.has("/a"));
    expect(shop.states()).toContain("box.slow: changing");
    go();
    await shop.settled();
    expect(shop.states()).toEqual(["box.slow: kept", "note./a: kept", "note./b: kept"]);
    expect(shop.changes().filter((call) => call === "create slow")).toHaveLength(1);
  });

  it("whose look does not end hold up nobody else either", async () => {
    const go = heldUp("list boxes");
    await shop.declare({ "box.one": {}, "note./a": {} });
    await shop.until(() => shop.states().includes("note./a: kept"));
    expect(shop.status("box.one")).toMatchObject({ state: "changing", message: "what was begun goes on" });
    expect(shop.keeper().resources().settled).toBe(false);
    go();
    await shop.settled();
    expect(shop.states()).toEqual(["box.one: kept", "note./a: kept"]);
  });

  it("that rest on one that failed are skipped, and say so; the others are made", async () => {
    shop.world.before(({ verb, of }) => {
      if (verb === "create" && of === "/a") throw new Error("no");
    });
    const rests = { dependsOn: ["note./a"] };
    await shop.apply({
      "note./a": {},
      "note.b": { ...rests, path: "/b" },
      "note.c": { dependsOn: ["note.b"] },
      "box.d": {},
    });
    expect(shop.states()).toEqual(["note./a: failed", "note.b: skipped", "note.c: skipped", "box.d: kept"]);
    expect(shop.status("note.b")?.message).toBe("note./a is not as declared: no");
    expect(shop.status("note.c")?.message).toBe("note.b was skipped");
    shop.world.before(() => undefined);
    await shop.until(() => shop.states().every((each) => each.endsWith(": kept")));
  });

  it("that are as declared are kept, though one that they rest on has failed", async () => {
    await shop.apply({ "note./a": { text: "1" }, "note./b": { dependsOn: ["note./a"] } });
    shop.world.before(({ verb }) => {
      if (verb === "update") throw new Error("no");
    });
    await shop.apply({ "note./a": { text: "2" }, "note./b": { dependsOn: ["note./a"] } });
    expect(shop.states()).toEqual(["note./a: failed", "note./b: kept"]);
  });

  it("are destroyed in the opposite order", async () => {
    await shop.apply({ "note./a": {}, "note./a/b": {}, "note.c": { dependsOn: ["note./a/b"] } });
    shop.changes();
    const gone = { ensure: "absent" } as const;
    await shop.apply({ "note./a": gone, "note./a/b": gone, "note.c": { ...gone, dependsOn: ["note./a/b"] } });
    expect(shop.changes()).toEqual(["destroy c", "destroy /a/b", "destroy /a"]);
    expect(await shop.store.claims("shop")).toEqual([]);
  });

  it("are made in some order where they go round in a ring", async () => {
    const ring = {
      "note.a": { dependsOn: ["note.b"] },
      "note.b": { dependsOn: ["note.c"] },
      "note.c": { dependsOn: ["note.a"] },
    };
    await shop.apply(ring);
    expect(shop.states().toSorted()).toEqual(["note.a: kept", "note.b: kept", "note.c: kept"]);
  });

  it("of a type that is not there are told, and the others are kept", async () => {
    await shop.apply({ "ghost.a": {}, "note.b": {} });
    expect(shop.status("ghost.a")).toMatchObject({ state: "failed", message: expect.stringContaining("`ghost`") });
    expect(shop.states()).toContain("note.b: kept");
  });
});

describe("references", () => {
  it("are known when what they come from was made, and keep their kind where they are the whole value", async () => {
    await shop.apply({
      "note.n": {
        count: "${box.one.number}",
        text: "box ${box.one.number} at ${box.one.address}; $${x}",
        list: "${note.m.list}",
      },
      "note.m": { list: ["a", "b"] },
      "box.one": {},
    });
    expect(shop.world.notes.get("n")?.properties).toEqual({
      ...{ path: "n", count: 1, text: "box 1 at 10.0.0.1; ${x}", list: ["a", "b"] },
    });
    expect(shop.changes().at(-1)).toBe("create n");
  });

  it("are followed when they change", async () => {
    const texts = (text: string) => ({ "note.a": { text }, "note.b": { text: "<${note.a.text}>" } });
    await shop.apply(texts("1"));
    shop.changes();
    await shop.apply(texts("2"));
    expect(shop.changes()).toEqual(["update a", "update b"]);
    expect(shop.world.notes.get("b")?.properties.text).toBe("<2>");
  });

  it("to what is not managed follow what is there", async () => {
    await shop.apply({ "note.a": { text: "first", ignore: ["text"] }, "note.b": { text: "${note.a.text}" } });
    const [a] = [shop.world.notes.get("a")];
    if (a !== undefined) shop.world.notes.set("a", { ...a, properties: { path: "a", text: "by hand" } });
    shop.world.hint();
    await shop.until(() => shop.world.notes.get("b")?.properties.text === "by hand");
  });

  it("that do not fit where they are put fail, and tell where", async () => {
    await shop.apply({ "box.one": {}, "note.n": { count: "${box.one.address}" } });
    expect(shop.status("note.n")).toMatchObject({ state: "failed", message: expect.stringContaining("count: ") });
    expect(shop.world.notes.size).toBe(0);
  });

  it("to what its provider does not show are waited for, and not for ever", async () => {
    await shop.declare({ "box.one": {}, "note.n": { text: "${box.one.constructor}" } });
    await shop.until(() => shop.status("note.n")?.message === "${box.one.constructor} is not known yet");
    expect(shop.keeper().resources().settled).toBe(false);
    await shop.settled();
    expect(shop.status("note.n")).toMatchObject({
      ...{ state: "failed", message: "${box.one.constructor} is not known yet, though box.one is there" },
    });
    // It is not polled as if it were about to come.
    expect(shop.world.calls.filter((call) => call === "list boxes").length).toBeLessThan(40);
  });

  it("in the name of what is to be gone are not needed: its claim tells which it is", async () => {
    const texts = { "box.one": {}, "note.n": { path: "/for ${box.one.address}" } };
    await shop.apply(texts);
    expect([...shop.world.notes.keys()]).toEqual(["/for 10.0.0.1"]);
    await shop.keeper().destroyAll("user:ann");
    await shop.until(() => shop.keeper().declaration() === undefined);
    expect([...shop.world.notes.keys(), ...shop.world.boxes.keys()]).toEqual([]);
    expect(await shop.store.claims("shop")).toEqual([]);
  });
});
