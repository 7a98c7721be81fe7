import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

const declare = (stack: string, resources: Resources, more: object = {}) =>
  house.write(`${stack}.json`, { stack, ...more, resources });

describe("a resource that moves", () => {
  it("from one stack to another is released by the one and taken in by the other", async () => {
    const path = house.path("m1");
    const file = { file: { m1: { path, content: "m1" } } };
    await house.run("apply", await declare("q", file), "--yes");
    await declare("q", { file: {} });
    expect((await house.run("apply", "q.json", "--yes")).code).toBe(0);
    await declare("q2", file);
    const { code, out, err } = await house.run("apply", "q2.json", "--yes");
    expect([code, err, out]).toEqual([0, "", expect.stringContaining("+ file.m1  adopt")]);
    const pruned = await house.run("apply", "q.json", "--yes", "--prune");
    expect([pruned.code, pruned.err]).toEqual([0, ""]);
    expect((await house.run("plan", "q.json")).out).not.toContain("m1");
    expect(readFileSync(path, "utf8")).toBe("m1");
    expect((await house.run("plan", "q2.json")).code).toBe(0);
  });
});

describe("what stands in the place of a resource", () => {
  it("goes first, when it is to be gone; and what is to be gone is, when that has taken its place", async () => {
    const path = house.path("a");
    await house.run("apply", await declare("shop", { file: { [path]: { content: "a" } } }), "--yes");
    await declare("shop", { file: { [path]: { ensure: "absent" } }, directory: { [path]: {} } });
    const plan = await house.run("plan", "shop.json");
    expect(plan.out).toMatch(/ directory\.\S+ {2}create/);
    const { code, err } = await house.run("apply", "shop.json", "--yes");
    expect([code, err, lstatSync(path).isDirectory()]).toEqual([0, "", true]);
    expect((await house.run("plan", "shop.json")).code).toBe(0);
    // And back again.
    await declare("shop", { file: { [path]: { content: "b" } }, directory: { [path]: { ensure: "absent" } } });
    const back = await house.run("apply", "shop.json", "--yes");
    expect([back.code, back.err, readFileSync(path, "utf8")]).toEqual([0, "", "b"]);
  });

  it("is not taken in, and the plan says so", async () => {
    const [directory, link] = [house.path("d"), house.path("l")];
    mkdirSync(directory);
    symlinkSync(directory, link);
    await declare("shop", { file: { [directory]: { content: "x" }, [link]: { content: "x" } } });
    const { out } = await house.run("plan", "shop.json");
    expect(out).not.toContain("adopt");
    expect(out).toContain("there is a directory");
    const { code, err } = await house.run("apply", "shop.json", "--yes");
    expect([code, err]).toEqual([1, expect.stringContaining("there is a directory")]);
    expect(existsSync(directory) && lstatSync(link).isSymbolicLink()).toBe(true);
  });
});
