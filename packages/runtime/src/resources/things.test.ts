import { musterMarks, resourceOwner } from "@muster/model";

import { memoryStore } from "@muster/store";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../ports.ts";
import { grammar } from "../test/shop.ts";
import type { Wish } from "./set.ts";
import { openShelf, type Shelf } from "./test/disks.ts";
import { openThings, type Things } from "./things.ts";

let shelf: Shelf;
let things: Things;
beforeEach(() => {
  shelf = openShelf();
  const io = { now: Date.now, randomBytes: (count: number) => new Uint8Array(count) };
  things = openThings({ io, clock: systemClock, catalog: shelf.catalog, settings: {}, store: memoryStore(), grammar });
  onTestFinished(() => things.close());
});

const wish = (name: string, properties: Wish["properties"], more: Partial<Wish> = {}): Wish => {
  return { name, ensure: "present", allow: [], properties, ...more };
};
const set = async (it: Wish) => things.set("disk", it, await things.weigh("disk", it));
const markOf = (owner: string) => musterMarks.write({ stack: "shop", owner, revision: "r" });

describe("what there is", () => {
  it("is shown with what can be declared apart from what can only be read, and whose it is", async () => {
    shelf.put("1", { name: "a", size: 5 });
    shelf.put("2", { name: "b", size: 5 }, markOf("web"));
    shelf.put("3", { name: "c", size: 5 }, markOf(resourceOwner("disk.c")));
    shelf.put("4", { name: "d", size: 5 }, { "infrakit.group": "cattle" });
    const [first, ...owned] = await things.list("disk");
    expect(first).toEqual({
      ...{ type: "disk", id: "1", name: "a", phase: "running" },
      ...{ properties: { name: "a", size: 5 }, secrets: [], outputs: { price: 10 } },
    });
    expect(owned.map(({ owner }) => owner?.words)).toEqual([
      "group web of stack shop",
      "resource disk.c of stack shop",
      "InfraKit's group cattle",
    ]);
  });

  it("is found by its id before it is by a name", async () => {
    shelf.put("1", { name: "2", size: 5 });
    shelf.put("2", { name: "a", size: 5 });
    expect(await things.show("disk", "2")).toMatchObject({ id: "2", name: "a" });
    expect(await things.show("disk", "a")).toMatchObject({ id: "2" });
  });

  it("is not guessed at: of two with one name neither is taken, and none is no nearest one", async () => {
    shelf.put("1", { name: "web", size: 5 });
    shelf.put("2", { name: "web", size: 5 });
    await expect(things.show("disk", "web")).rejects.toMatchObject({
      ...{ code: "thing.ambiguous", message: "more than one disk is called `web`: 1, 2" },
    });
    await expect(things.show("disk", "wbe")).rejects.toMatchObject({
      ...{ code: "thing.not-found", message: "there is no disk `wbe` (did you mean `web`?)" },
    });
    await expect(things.list("disc")).rejects.toMatchObject({ code: "declaration.unknown-type" });
  });
});

describe("a thing that is set by hand", () => {
  it("has exactly the named properties changed, and of those only what differs", async () => {
    shelf.put("1", { name: "a", size: 5, label: "x" });
    expect(await set(wish("a", { label: "y", size: "5" }))).toBe("1");
    expect(shelf.updates).toEqual([{ label: "y" }]);
    expect(shelf.disks.get("1")?.properties).toEqual({ name: "a", size: 5, label: "y", price: 10 });
    expect(await things.weigh("disk", wish("a", { label: "y" }))).toMatchObject({ effect: "none", changes: [] });
  });

  it("takes values of the kinds that its schema has", async () => {
    shelf.put("1", { name: "a", size: 5 });
    await set(wish("a", { label: "7", layers: '["x","y"]' }));
    expect(shelf.updates).toEqual([{ label: "7", layers: ["x", "y"] }]);
    const refused = (properties: Wish["properties"]) => things.weigh("disk", wish("a", properties));
    await expect(refused({ size: "many" })).rejects.toMatchObject({ code: "usage.bad-value" });
    await expect(refused({ size: "0" })).rejects.toMatchObject({ code: "usage.bad-value" });
    await expect(refused({ layers: "x" })).rejects.toMatchObject({ code: "usage.bad-value" });
    await expect(refused({ lable: "x" })).rejects.toThrow("disk has no property `lable` (did you mean `label`?)");
    await expect(refused({ price: "1" })).rejects.toThrow("it can only be read");
  });

  it("does not show what is never shown, and sets it each time", async () => {
    shelf.put("1", { name: "a", size: 5 });
    const it = wish("a", { password: "hidden" });
    const weighed = await things.weigh("disk", it);
    expect(weighed.changes).toEqual([{ property: "password", effect: "in-place", secret: true }]);
    expect(JSON.stringify(weighed)).not.toContain("hidden");
    await things.set("disk", it, weighed);
    expect(shelf.updates).toEqual([{ password: "hidden" }]);
  });

  it("is made where there is none, whole and under its name", async () => {
    await expect(things.weigh("disk", wish("a", { label: "x" }))).rejects.toThrow("disk.size: ");
    const it = wish("a", { size: "5" });
    expect(await things.weigh("disk", it)).toMatchObject({ effect: "create", price: { after: 10 } });
    expect(shelf.disks.size).toBe(0);
    await set(it);
    expect([...shelf.disks.values()]).toMatchObject([{ tags: {}, properties: { name: "a", size: 5 } }]);
  });

  it("is destroyed where that is asked for; what is gone already is so", async () => {
    shelf.put("1", { name: "a", size: 5 });
    const gone = wish("a", {}, { ensure: "absent" });
    expect(await things.weigh("disk", gone)).toMatchObject({ effect: "destroy", id: "1" });
    await set(gone);
    expect(shelf.disks.size).toBe(0);
    expect(await things.weigh("disk", gone)).toMatchObject({ effect: "none" });
  });

  it("is left alone where it is a stack's: its declaration is changed", async () => {
    shelf.put("1", { name: "a", size: 5 }, markOf(resourceOwner("disk.a")));
    for (const it of [wish("a", { label: "y" }), wish("a", {}, { ensure: "absent" }), wish("1", { label: "y" })]) {
      await expect(set(it)).rejects.toMatchObject({
        ...{ code: "thing.not-free", message: "disk `a` belongs to resource disk.a of stack shop" },
        next: "Change the declaration of stack `shop`, and apply that. Nothing was changed.",
      });
    }
    expect([shelf.updates, shelf.disks.size]).toEqual([[], 1]);
  });

  it("is left alone also where it became a stack's after it was weighed", async () => {
    shelf.put("1", { name: "a", size: 5 });
    const it = wish("a", { label: "y" });
    const weighed = await things.weigh("disk", it);
    shelf.put("1", { name: "a", size: 5 }, markOf("web"));
    await expect(things.set("disk", it, weighed)).rejects.toMatchObject({ code: "thing.not-free" });
    expect(shelf.updates).toEqual([]);
  });

  it("is not changed in ways that are impossible, that cost it, or that cannot be taken back without a word", async () => {
    shelf.put("1", { name: "a", size: 5, sealed: false, region: "x" });
    const weigh = (properties: Wish["properties"], more: Partial<Wish> = {}) =>
      things.weigh("disk", wish("a", properties, more));
    await expect(weigh({ size: "4" })).rejects.toMatchObject({
      ...{ code: "thing.impossible", message: "disk `a`: a disk grows and never shrinks" },
      next: "Make another. Nothing was changed.",
    });
    await expect(weigh({ sealed: "true" })).rejects.toThrow("`sealed` can never be changed");
    await expect(weigh({ region: "y" })).rejects.toThrow("another `region` can only be had by making it anew");
    await expect(weigh({ size: "6" })).rejects.toMatchObject({ code: "thing.no-consent" });
    expect(shelf.updates).toEqual([]);
    expect(await weigh({ size: "6" }, { allow: ["irreversible"] })).toMatchObject({
      effect: "restart",
      downtimeMs: 60_000,
      price: { before: 10, after: 12 },
      changes: [{ property: "size", before: 5, after: 6, effect: "restart", irreversible: true }],
    });
  });

  it("is looked at afterwards: an answer alone is not believed", async () => {
    shelf.put("1", { name: "a", size: 5, label: "x" });
    shelf.deaf.add("label");
    await expect(set(wish("a", { label: "y" }))).rejects.toMatchObject({
      ...{ code: "thing.not-as-set", message: expect.stringContaining("label differs still") },
    });
  });
});
