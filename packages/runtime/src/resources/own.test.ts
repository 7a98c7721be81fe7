import { musterMarks, resourceOwner } from "@muster/model";
import { beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop, type Texts } from "../test/shop.ts";

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

function putNote(path: string, text = "by hand") {
  shop.world.notes.set(path, { id: path, tags: {}, phase: "running", since: 0, properties: { path, text } });
}

const markOf = (id: string) => musterMarks.read(shop.world.boxes.get(id)?.tags ?? {});
const marked = (stack: string, owner: string) => musterMarks.write({ stack, owner, intent: "i", revision: "r" });

async function owners(): Promise<readonly string[]> {
  return (await shop.store.claims("shop")).map(({ id, mark }) => `${id} ${mark.owner}`);
}

describe("a thing that is there and nobody's", () => {
  it("is taken in by its name, and changed as is needed", async () => {
    putNote("/a");
    const id = shop.world.put("one", { size: 1 });
    const texts = { "note./a": { text: "mine" }, "box.one": { size: 2 } };
    const { resources } = await shop.plan(texts);
    expect(resources.steps.map(({ address, effect, changes }) => [address, effect, changes.length])).toEqual([
      ["note./a", "adopt", 1],
      ["box.one", "adopt", 1],
    ]);
    await shop.apply(texts);
    expect(shop.states()).toEqual(["note./a: kept", "box.one: kept"]);
    expect(shop.changes()).toEqual(["update /a", `retag ${id}`, `update ${id}`]);
    expect(markOf(id)?.owner).toBe("resource:box.one");
    expect(await owners()).toEqual(["/a resource:note./a"]);
  });

  it("is taken by its id where more than one has its name, and by nothing else", async () => {
    const [first, second] = [shop.world.put("one"), shop.world.put("one")];
    await shop.apply({ "box.one": {} });
    expect(shop.status("box.one")).toMatchObject({
      ...{ state: "failed", message: `2 things of box are called one: ${first}, ${second}` },
      next: `Say which: \`id: "${first}"\` with the resource; or give the others other names.`,
    });
    await shop.apply({ "box.one": { id: second } });
    expect(markOf(second)?.owner).toBe("resource:box.one");
    expect(markOf(first)).toBeUndefined();
    expect(shop.changes()).toEqual([`retag ${second}`]);
  });

  it("is tried again where it could not be marked", async () => {
    const id = shop.world.put("one");
    shop.world.before(({ verb }) => {
      if (verb === "retag") throw new Error("no");
    });
    await shop.apply({ "box.one": {} });
    expect(shop.status("box.one")).toMatchObject({ state: "failed", message: "no" });
    shop.world.before(() => undefined);
    await shop.until(() => shop.status("box.one")?.state === "kept");
    expect(markOf(id)?.owner).toBe("resource:box.one");
    expect(shop.world.boxes.size).toBe(1);
  });

  it("is marked again where somebody has taken its mark away", async () => {
    await shop.apply({ "box.one": {} });
    const is = shop.world.boxes.get("b1");
    if (is !== undefined) shop.world.boxes.set("b1", { ...is, tags: {} });
    // The name alone would not tell which it is.
    shop.world.put("one");
    shop.keeper().wake();
    await shop.until(() => markOf("b1") !== undefined);
    await shop.settled();
    expect(shop.changes()).toEqual(["create one", "retag b1"]);
    expect(shop.states()).toEqual(["box.one: kept"]);
  });
});

describe("a thing that is somebody's", () => {
  it("is not touched, whoever that is: another stack, a group, another program", async () => {
    shop.world.put("stack", {}, marked("other", resourceOwner("box.stack")));
    shop.world.put("group", {}, marked("other", "web"));
    shop.world.put("infrakit", {}, { "infrakit.group": "cattle" });
    shop.world.put("later", {}, { "muster.v": "9", "muster.stack": "other" });
    const names = ["stack", "group", "infrakit", "later"];
    const texts = Object.fromEntries(names.map((name) => [`box.${name}`, { size: 1 }]));
    await shop.apply(texts, { purge: { box: "destroy" } });
    expect(names.map((name) => shop.status(`box.${name}`)?.message)).toEqual([
      "b1, which is called stack, belongs to box.stack of the stack other",
      "b2, which is called group, belongs to group web of the stack other",
      "b3, which is called infrakit, bears marks of another program",
      "b4, which is called later, bears marks of another program",
    ]);
    expect(shop.changes()).toEqual([]);
  });

  it("is not touched where a claim says so, whether it is there or not", async () => {
    const lease = await shop.store.acquire(
      "other",
      { pid: 9, started: "1", boot: "b", namespace: "n", socket: "s", command: "c" },
      async () => false,
    );
    const claim = (id: string) => {
      const mark = { stack: "other", owner: resourceOwner(`note.${id}`), revision: "resource" };
      return { type: "note", scope: "the desk", id, mark };
    };
    putNote("/there");
    await shop.store.write(lease, { claim: [claim("/there"), claim("/gone")] }, 0);
    await shop.apply({ "note./there": { text: "mine" }, "note./gone": { text: "mine" }, "note./free": {} });
    expect(shop.status("note./there")?.message).toBe("/there belongs to note./there of the stack other");
    expect(shop.status("note./gone")?.message).toBe("/gone belongs to note./gone of the stack other");
    expect(shop.changes()).toEqual(["create /free"]);
  });

  it("is handed on to another block of the same stack, when the one that had it is declared no longer", async () => {
    await shop.apply({ "note.a": { path: "/x", text: "1" }, "box.old": { name: "web" } });
    shop.changes();
    await shop.apply({ "note.b": { path: "/x", text: "2" }, "box.new": { name: "web" } });
    expect(shop.states()).toEqual(["note.b: kept", "box.new: kept"]);
    expect(shop.changes()).toEqual(["update /x", "retag b1"]);
    expect(await owners()).toEqual(["/x resource:note.b"]);
    expect(markOf("b1")?.owner).toBe("resource:box.new");
    // Pruned, what went over to another is not destroyed.
    await shop.apply({ "note.b": { path: "/x", text: "2" }, "box.new": { name: "web" } }, { prune: true });
    await shop.until(() => Object.keys(shop.keeper().declaration()?.resources?.released ?? {}).length === 0);
    await shop.settled();
    expect(shop.changes()).toEqual([]);
  });

  it("stays where a resource becomes another thing, and is claimed no longer", async () => {
    await shop.apply({ "note.a": { path: "/x" } });
    await shop.apply({ "note.a": { path: "/y" } });
    expect([...shop.world.notes.keys()]).toEqual(["/x", "/y"]);
    expect(await owners()).toEqual(["/y resource:note.a"]);
    expect(shop.told()).toContain("resource.released note.a is another from now on; /x stays");
  });
});

describe("a resource that is declared no longer", () => {
  const both = { "note.a": { text: "1" }, "box.b": { dependsOn: ["note.a"] }, "note.c": {} };

  it("is left alone and listed", async () => {
    await shop.apply(both);
    shop.changes();
    await shop.apply({ "note.c": {} });
    expect(shop.changes()).toEqual([]);
    expect(shop.told().slice(-2)).toEqual([
      "resource.released note.a is no longer declared; it stays",
      "resource.released box.b is no longer declared; it stays",
    ]);
    const { resources } = await shop.plan({ "note.c": {} });
    expect(resources.released.map(({ address }) => address)).toEqual(["note.a", "box.b"]);
  });

  it("is destroyed when that is asked for, and forgotten", async () => {
    await shop.apply(both);
    await shop.apply({ "note.c": {} });
    shop.changes();
    const { resources } = await shop.plan({ "note.c": {} }, { prune: true });
    expect(resources.steps.map(({ address, effect, cause }) => [address, effect, cause])).toEqual([
      ["note.a", "destroy", "intentional"],
      ["box.b", "destroy", "intentional"],
    ]);
    await shop.apply({ "note.c": {} }, { prune: true });
    await shop.until(() => Object.keys(shop.keeper().declaration()?.resources?.released ?? {}).length === 0);
    expect(shop.changes().toSorted()).toEqual(["destroy a", "destroy b1"]);
    expect(await owners()).toEqual(["c resource:note.c"]);
    const { generation } = shop.keeper().declaration() ?? {};
    await shop.apply({ "note.c": {} }, { prune: true });
    expect(shop.keeper().declaration()?.generation).toBe(generation);
  });

  it("is told of as what becomes of it, where it is destroyed at once", async () => {
    await shop.apply({ ...both, "box.d": { protect: true } });
    await shop.apply({ "note.c": {} }, { prune: true });
    await shop.until(() => Object.keys(shop.keeper().declaration()?.resources?.released ?? {}).length === 1);
    await shop.settled();
    expect(shop.told()).toEqual(
      expect.arrayContaining([
        "resource.released note.a is no longer declared; to be destroyed",
        "resource.released box.d is no longer declared; it stays",
        "resource.decided note.a: destroy (no longer declared)",
        "resource.destroyed note.a destroyed (no longer declared)",
      ]),
    );
  });

  it("is kept where it is protected, also when it is asked for", async () => {
    await shop.apply({ ...both, "note.a": { protect: true } });
    await shop.apply({ "note.c": {} });
    shop.changes();
    const { generation } = shop.keeper().declaration() ?? {};
    await shop.apply({ "note.c": {} }, { prune: true });
    await shop.until(() => !shop.world.boxes.has("b1"));
    await shop.apply({ "note.c": {} }, { prune: true });
    expect(shop.changes()).toEqual(["destroy b1"]);
    expect(shop.world.notes.has("a")).toBe(true);
    expect((await shop.plan({ "note.c": {} }, { prune: true })).resources.released).toEqual([
      { address: "note.a", protect: true },
    ]);
    expect(shop.keeper().declaration()?.generation).toBe((generation ?? 0) + 1);
  });

  it("is kept again when it is declared again", async () => {
    await shop.apply(both);
    await shop.apply({ "note.c": {} });
    await shop.apply(both);
    expect(shop.changes()).toEqual(["create a", "create c", "create b"]);
    expect(shop.states().every((each) => each.endsWith(": kept"))).toBe(true);
    expect(shop.keeper().declaration()?.resources?.released).toEqual({});
  });

  it("is not destroyed where it never was its own", async () => {
    putNote("/etc/passwd");
    await shop.apply({ "note./etc/passwd": { text: "x" } }, { mode: "observe" });
    await shop.apply({ "note.c": {} }, { prune: true });
    await shop.until(() => Object.keys(shop.keeper().declaration()?.resources?.released ?? {}).length === 0);
    expect(shop.world.notes.has("/etc/passwd")).toBe(true);
    expect(shop.changes()).toEqual(["create c"]);
  });
});

describe("a whole stack that is destroyed", () => {
  it("takes down what rests on others first, is forgotten, and leaves what it had released, as nobody's", async () => {
    await shop.apply({ "note./a": {}, "note./a/b": {}, "box.c": { dependsOn: ["note./a/b"] }, "note.left": {} });
    const texts = { "note./a": {}, "note./a/b": {}, "box.c": { dependsOn: ["note./a/b"] } };
    await shop.apply(texts);
    shop.changes();
    await shop.keeper().destroyAll("user:ann");
    await shop.until(() => shop.keeper().declaration() === undefined);
    expect(shop.changes()).toEqual(["destroy b1", "destroy /a/b", "destroy /a"]);
    expect([...shop.world.notes.keys()]).toEqual(["left"]);
    expect(await owners()).toEqual([]);
    expect(await shop.store.memory("shop", "resources:")).toBeUndefined();
    expect(shop.events.at(-1)?.type).toBe("stack.removed");
  });

  it("is refused whole where one of it is protected, or it is only observed", async () => {
    await shop.apply({ "note.a": {}, "note.b": { protect: true } });
    await expect(shop.keeper().destroyAll("user:ann")).rejects.toMatchObject({ code: "resource.protected" });
    await shop.apply({ "note.a": {} }, { mode: "observe" });
    await expect(shop.keeper().destroyAll("user:ann")).rejects.toMatchObject({ code: "stack.observed" });
    expect(shop.world.notes.size).toBe(2);
  });

  it("is destroyed though nothing of it is there, and though it declares nothing", async () => {
    const either: readonly Texts[] = [{ "note.a": {} }, {}];
    for (const texts of either) {
      await shop.apply(texts);
      shop.world.notes.clear();
      await shop.keeper().destroyAll("user:ann");
      await shop.until(() => shop.keeper().declaration() === undefined);
    }
  });

  it("goes on where it was interrupted", async () => {
    await shop.apply({ "note.a": {}, "note.b": { dependsOn: ["note.a"] } });
    let isKilled = false;
    shop.world.after(({ verb }) => {
      if (isKilled || verb !== "destroy") return;
      isKilled = true;
      shop.kill();
    });
    await shop.keeper().destroyAll("user:ann");
    await shop.until(() => isKilled);
    expect([...shop.world.notes.keys()]).toEqual(["a"]);
    await shop.begin();
    await shop.until(() => shop.keeper().declaration() === undefined);
    expect(shop.world.notes.size).toBe(0);
    expect(await owners()).toEqual([]);
  });

  it("needs no secret to be destroyed", async () => {
    await shop.apply({ "note.a": { text: "x" } });
    await shop.apply({ "note.a": { text: { secret: { env: "NOWHERE" } } } });
    expect(shop.status("note.a")?.state).toBe("failed");
    await shop.keeper().destroyAll("user:ann");
    await shop.until(() => shop.keeper().declaration() === undefined);
    expect(shop.world.notes.size).toBe(0);
  });
});

describe("a purged type", () => {
  it("is only listed, or destroyed, and never what somebody has declared", async () => {
    shop.world.put("stray");
    shop.world.put("infrakits", {}, { "infrakit.config_sha": "1" });
    shop.world.put("others", {}, marked("other", "web"));
    putNote("/stray");
    const texts = { "box.one": {}, "note./a": {} };
    const { resources } = await shop.plan(texts, { purge: { box: "noop", note: "destroy" } });
    expect(resources.unmanaged).toEqual([{ type: "box", id: "b1", name: "stray" }]);
    expect(resources.steps.map(({ address, effect }) => [address, effect])).toContainEqual(["note./stray", "destroy"]);
    await shop.apply(texts, { purge: { box: "noop", note: "destroy" } });
    expect([...shop.world.notes.keys()]).toEqual(["/a"]);
    expect(shop.world.boxes.size).toBe(4);
    await shop.apply(texts, { purge: { box: "destroy" } });
    expect([...shop.world.boxes.values()].map(({ properties }) => properties.name)).toEqual([
      ...["infrakits", "others", "one"],
    ]);
    expect(shop.told()).toContain(
      "resource.destroyed box.stray destroyed (no stack declares it, and this one purges box)",
    );
  });

  it("keeps what was released, also where that is protected", async () => {
    await shop.apply({ "box.a": { protect: true }, "note.b": {} });
    await shop.apply({}, { purge: { box: "destroy", note: "destroy" } });
    await shop.clock.advance(120_000);
    expect(shop.world.boxes.size + shop.world.notes.size).toBe(2);
  });

  it("is left alone while one of its resources could not be seen", async () => {
    shop.world.put("stray");
    shop.world.put("stray");
    await shop.apply({ "box.stray": {} }, { purge: { box: "destroy" } });
    expect(shop.changes()).toEqual([]);
    expect(shop.status("box.*")).toMatchObject({ state: "failed", message: "box.stray is not told of" });
  });

  it("backs off where one cannot be destroyed, says so, and comes to an end", async () => {
    shop.world.put("stray");
    shop.world.before(({ verb }) => {
      if (verb === "destroy") throw new Error("no");
    });
    await shop.apply({ "note.a": {} }, { purge: { box: "destroy" } });
    expect(shop.states()).toEqual(["note.a: kept", "box.stray: failed"]);
    await shop.clock.advance(600_000);
    expect(shop.changes().length).toBeLessThan(16);
  });
});
