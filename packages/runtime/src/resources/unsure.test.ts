import { musterMarks } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { memoryStore, type Store } from "@muster/store";
import { beforeEach, describe, expect, it } from "vitest";
import { openShop, rest, type Shop, type Texts } from "../test/shop.ts";

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

const creates = () => shop.world.calls.filter((call) => call.startsWith("create "));
const keptAll = () => shop.states().length > 0 && shop.states().every((each) => each.endsWith(": kept"));

describe("a create of which nobody knows what came", () => {
  it("is not repeated before a look could have shown it, and not at all where one does", async () => {
    shop.world.after(({ verb }) => {
      if (verb === "create") throw new ProviderError("unknown", "no answer");
    });
    // It is made, and shown only after a while.
    const from = shop.clock.now() + 1_500;
    shop.world.shows((all) => (shop.clock.now() < from ? [] : all));
    await shop.apply({ "box.a": {} });
    await shop.until(keptAll);
    expect(creates()).toEqual(["create a"]);
  });

  it("is repeated when a look that began late enough does not show it", async () => {
    let isFirst = true;
    shop.world.before(({ verb }) => {
      if (verb !== "create" || !isFirst) return;
      isFirst = false;
      throw new ProviderError("unknown", "no answer");
    });
    const began: number[] = [];
    shop.world.after(({ verb }) => {
      if (verb === "create") began.push(shop.clock.now());
    });
    const at = shop.clock.now();
    await shop.declare({ "box.a": {} });
    await shop.until(keptAll);
    expect(creates()).toEqual(["create a", "create a"]);
    // `settleMs` of boxes.
    expect((began[0] ?? 0) - at).toBeGreaterThanOrEqual(2_000);
  });

  it("whose thing shows up after all is taken away again, the younger one", async () => {
    let isFirst = true;
    shop.world.after(({ verb }) => {
      if (verb !== "create" || !isFirst) return;
      isFirst = false;
      throw new ProviderError("unknown", "no answer");
    });
    shop.world.shows((all) => all.filter(({ id }) => id !== "b1" || shop.clock.now() > 60_000));
    await shop.declare({ "box.a": {} });
    await shop.until(() => shop.world.boxes.size === 2);
    await shop.until(() => shop.world.boxes.size === 1);
    await shop.settled();
    expect([...shop.world.boxes.keys()]).toEqual(["b1"]);
    expect(shop.states()).toEqual(["box.a: kept"]);
    expect(shop.told()).toContain("resource.destroyed box.a: b2 destroyed (another Muster had made one before)");
  });

  it("is not repeated when Muster was killed before it was answered", async () => {
    let isKilled = false;
    shop.world.after(({ verb }) => {
      if (verb !== "create" || isKilled) return;
      isKilled = true;
      shop.kill();
      return new Promise(() => undefined);
    });
    await shop.declare({ "box.a": {}, "note.b": {} });
    await shop.until(() => isKilled);
    await shop.begin();
    await shop.until(keptAll);
    expect(creates().toSorted()).toEqual(["create a", "create b"]);
  });

  it("of a thing that is claimed leaves the claim to the next look, and what was not made is claimed no longer", async () => {
    let kind: "unknown" | "denied" = "denied";
    shop.world.after(({ verb }) => {
      if (verb === "create") throw new ProviderError(kind, "no");
    });
    shop.world.before(({ verb }) => {
      if (verb === "create" && kind === "denied") throw new ProviderError("denied", "no");
    });
    await shop.apply({ "note.a": {} });
    expect(await shop.store.claims("shop")).toEqual([]);
    kind = "unknown";
    await shop.until(keptAll);
    expect((await shop.store.claims("shop")).map(({ id }) => id)).toEqual(["a"]);
    expect(shop.world.notes.size).toBe(1);
  });

  it("is written down before it is called, with its claim and with its mark", async () => {
    const seen: string[] = [];
    shop.world.before(async ({ verb, of }) => {
      if (verb !== "create") return;
      const claimed = (await shop.store.claims("shop")).map(({ id }) => id);
      const memory = JSON.stringify(await shop.store.memory("shop", "resources:"));
      const decided = (await shop.store.events({ types: ["resource.decided"] })).map(({ event }) => event.resource);
      seen.push(`${of}: ${claimed.includes(of) || memory.includes(`"open":{"box.${of}"`)} ${decided.length > 0}`);
    });
    await shop.apply({ "note.a": {}, "box.b": {} });
    expect(seen.toSorted()).toEqual(["a: true true", "b: true true"]);
  });
});

describe("a list that lies", () => {
  it("and shows nothing all at once makes nothing twice, where single things can be asked for", async () => {
    await shop.apply({ "box.a": {}, "box.b": {} });
    shop.world.shows(() => []);
    shop.keeper().wake();
    await shop.until(() => shop.status("box.a")?.state === "failed");
    expect(shop.status("box.a")?.message).toBe("b1 is there, and the list does not show it");
    shop.world.shows((all) => all);
    await shop.until(keptAll);
    expect(creates()).toHaveLength(2);
  });

  it("is looked at twice where they cannot, before one is made in the place of what vanished", async () => {
    shop.world.withoutRead();
    await shop.apply({ "box.a": {} });
    shop.world.shows(() => []);
    shop.keeper().wake();
    await shop.until(() => shop.status("box.a")?.state === "changing");
    expect(shop.status("box.a")?.message).toBe("it is not shown any more, and is looked for again");
    shop.world.shows((all) => all);
    await shop.until(keptAll);
    expect(creates()).toHaveLength(1);
    shop.world.boxes.clear();
    shop.keeper().wake();
    await shop.until(() => creates().length === 2);
  });

  it("and shows one twice, or the marks of another stack, does not mislead", async () => {
    shop.world.put("stray", {}, musterMarks.write({ stack: "other", owner: "resource:box.a", revision: "r" }));
    shop.world.shows((all) => [...all, ...all]);
    await shop.apply({ "box.a": {} });
    expect(shop.states()).toEqual(["box.a: kept"]);
    expect(shop.world.boxes.size).toBe(2);
    expect(shop.changes()).toEqual(["create a"]);
  });
});

describe("two Musters that do not know of each other", () => {
  it("make one each; whoever made the younger one takes it away, and nothing else", async () => {
    const { world, clock } = shop;
    const other = openShop({ world, clock });
    // Neither sees what the other makes before it has made its own.
    let areMade = false;
    world.shows((all) => {
      areMade ||= world.boxes.size === 2;
      return areMade ? all : [];
    });
    await shop.declare({ "box.a": {} });
    await other.declare({ "box.a": {} });
    await shop.until(() => world.calls.includes("destroy b2"));
    await clock.advance(300_000);
    expect([...world.boxes.keys()]).toEqual(["b1"]);
    expect(shop.states()).toEqual(["box.a: kept"]);
    expect(other.states()).toEqual(["box.a: kept"]);
    expect(world.calls.filter((call) => call.startsWith("destroy"))).toEqual(["destroy b2"]);
  });

  it("leave one that neither of them made, and say so", async () => {
    await shop.apply({ "box.a": {} });
    const [first] = [...shop.world.boxes.values()];
    shop.world.put("a", {}, { ...first?.tags, "muster.intent": "nobody's" });
    shop.keeper().wake();
    await shop.until(() => shop.status("box.a")?.message !== undefined);
    expect(shop.status("box.a")).toMatchObject({
      ...{ state: "kept", message: "there is more than one of it; whoever made b2 takes that away" },
    });
    await shop.clock.advance(300_000);
    expect(shop.world.boxes.size).toBe(2);
  });
});

/** A store that refuses to write when it is told to. */
function refusing(): Store & { refuse(thrown: unknown): void } {
  const store = memoryStore();
  let refusal: unknown;
  return {
    ...store,
    write: (...given) => (refusal === undefined ? store.write(...given) : Promise.reject(refusal)),
    refuse(thrown) {
      refusal = thrown;
    },
  };
}

describe("a store that cannot be written to", () => {
  it("holds everything up, which is said; and it goes on when it can", async () => {
    const store = refusing();
    shop = openShop({ store });
    await shop.apply({ "note.a": { text: "1" } });
    shop.changes();
    const { MusterError } = await import("@muster/model");
    await shop.declare({ "note.a": { text: "2" }, "box.b": {}, "note.c": {} });
    store.refuse(new MusterError("store.full", { path: "/store", detail: "no room" }));
    await shop.settled();
    expect(shop.states()).toEqual(["note.a: failed", "box.b: failed", "note.c: failed"]);
    expect(shop.changes()).toEqual([]);
    store.refuse(undefined);
    await shop.until(keptAll);
    expect(shop.changes().toSorted()).toEqual(["create b", "create c", "update a"]);
  });

  it("in the middle of it loses nothing: what was done is not done again", async () => {
    const store = refusing();
    shop = openShop({ store });
    const { MusterError } = await import("@muster/model");
    let times = 0;
    shop.world.after(({ verb }) => {
      if (verb === "create" && ++times === 3) store.refuse(new MusterError("store.full", { path: "/s", detail: "" }));
    });
    const texts = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`${at % 2 === 0 ? "note" : "box"}.n${at}`, {}]),
    );
    await shop.declare(texts);
    await shop.clock.advance(10_000);
    store.refuse(undefined);
    await shop.until(() => shop.states().length === 40 && keptAll());
    expect(new Set(creates()).size).toBe(40);
    expect(creates()).toHaveLength(40);
  });
});

describe("a stack that another process has taken", () => {
  it("is left alone from then on, and that is said once", async () => {
    await shop.apply({ "note.a": { text: "1" } });
    const holder = { pid: 7, started: "1", boot: "b", namespace: "n", socket: "s", command: "c" };
    await shop.store.acquire("shop", holder, async () => false);
    shop.changes();
    shop.world.notes.clear();
    shop.world.hint();
    await shop.clock.advance(300_000);
    expect(shop.changes()).toEqual([]);
    expect(shop.lost).toMatchObject([{ code: "stack.lost" }]);
  });

  it("in the middle of a step goes no further", async () => {
    const holder = { pid: 7, started: "1", boot: "b", namespace: "n", socket: "s", command: "c" };
    shop.world.before(async ({ verb }) => {
      if (verb === "create") await shop.store.acquire("shop", holder, async () => false);
    });
    await shop.declare({ "note.a": {}, "note.b": { dependsOn: ["note.a"] } });
    await shop.clock.advance(60_000);
    expect(shop.changes()).toEqual(["create a"]);
    expect(shop.lost).toMatchObject([{ code: "stack.lost" }]);
  });
});

describe("what comes in between", () => {
  it("a declaration while something is under way: what is no longer meant is not begun", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    shop.world.before(({ verb, of }) => (verb === "create" && of === "a" ? promise : undefined));
    await shop.declare({
      "note.a": {},
      "note.b": { dependsOn: ["note.a"] },
      "note.c": { dependsOn: ["note.a"], text: "1" },
    });
    await shop.until(() => creates().length === 1);
    await shop.declare({ "note.a": {}, "note.c": { dependsOn: ["note.a"], text: "2" } });
    resolve();
    await shop.settled();
    expect(creates()).toEqual(["create a", "create c"]);
    expect(shop.world.notes.get("c")?.properties.text).toBe("2");
    expect(shop.changes()).toHaveLength(2);
  });

  it("an end: what is under way is finished, and nothing more is begun", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    shop.world.before(({ verb }) => (verb === "create" ? promise : undefined));
    await shop.declare({ "note.a": {}, "box.x": {}, "note.b": { dependsOn: ["note.a"] } });
    await shop.until(() => creates().length === 2);
    let isClosed = false;
    void shop
      .keeper()
      .close()
      .then(() => {
        isClosed = true;
      });
    await rest();
    resolve();
    await shop.until(() => isClosed);
    expect(shop.clock.now()).toBeLessThan(10_000);
    expect(shop.changes().toSorted()).toEqual(["create a", "create x"]);
    expect(shop.told().filter((each) => each.startsWith("resource.created"))).toHaveLength(2);
    await shop.begin();
    await shop.settled();
    expect(creates()).toHaveLength(3);
  });

  it("an end, though a call does not come to its own", async () => {
    shop.world.before(({ verb }) => (verb === "create" ? new Promise(() => undefined) : undefined));
    await shop.declare({ "note.a": {} });
    await shop.until(() => creates().length === 1);
    let isClosed = false;
    void shop
      .keeper()
      .close()
      .then(() => {
        isClosed = true;
      });
    await shop.clock.advance(11_000);
    expect(isClosed).toBe(true);
  });

  it("a provider that never answers: it is given up, and tried again", async () => {
    shop.world.before(({ verb }) => (verb === "update" ? new Promise(() => undefined) : undefined));
    await shop.apply({ "note.a": { text: "1" } });
    await shop.declare({ "note.a": { text: "2" } });
    await shop.until(() => shop.status("note.a")?.state === "failed");
    expect(shop.status("note.a")?.message).toBe("the change was not answered within 600 s");
    shop.world.before(() => undefined);
    await shop.until(keptAll);
  });

  it("a provider that cannot be opened, or never is", async () => {
    shop.world.before(({ verb, of }) => {
      if (verb === "open" && of === "box") return new Promise(() => undefined);
    });
    await shop.declare({ "box.a": {}, "note.b": {} });
    await shop.until(() => shop.status("note.b")?.state === "kept");
    await shop.settled();
    expect(shop.status("box.a")).toMatchObject({ state: "failed", message: "box was not opened within 120 s" });
  });

  it("a provider that answers rubbish", async () => {
    const rubbish = [undefined, null, 7, "rubbish", { code: "EACCES" }, new TypeError("x is not a function")];
    for (const thrown of rubbish) {
      shop.world.before(({ verb }) => {
        if (verb === "create") throw thrown;
      });
      await shop.apply({ "note.a": {}, "note.b": { dependsOn: ["note.a"] } });
      expect(shop.states()).toEqual(["note.a: failed", "note.b: skipped"]);
    }
    shop.world.before(() => undefined);
    shop.world.shows((all) => [...all, { id: "x", tags: {}, phase: "running", since: Number.NaN, properties: {} }]);
    await shop.apply({ "note.a": {}, "note.b": {}, "box.c": {} });
    expect(keptAll()).toBe(true);
  });

  it.each([-86_400_000, 86_400_000])("a clock that jumps by %d ms", async (by) => {
    const texts: Texts = { "note.a": { text: "1" }, "box.b": { size: 1 } };
    await shop.apply(texts);
    shop.leap(by);
    shop.world.notes.clear();
    shop.world.boxes.clear();
    shop.world.hint();
    shop.keeper().wake();
    await shop.until(() => shop.world.notes.size === 1 && shop.world.boxes.size === 1);
    await shop.settled();
    expect(creates()).toHaveLength(4);
  });
});
