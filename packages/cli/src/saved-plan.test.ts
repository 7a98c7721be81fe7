import { existsSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const declare = (content: string, ...names: readonly string[]) =>
  house.write("shop.json", {
    stack: "shop",
    resources: { file: Object.fromEntries(names.map((name) => [house.path(name), { content }])) },
  });

describe("a saved plan", () => {
  it("is done without asking, and is nobody else's to read", async () => {
    await declare("one", "a");
    expect((await house.run("plan", "shop.json", "--out", "shop.plan")).code).toBe(3);
    expect(statSync(house.path("shop.plan")).mode & 0o777).toBe(0o600);
    // What the file says by now counts for nothing.
    await declare("another", "a");
    expect((await house.run("apply", "shop.plan")).code).toBe(0);
    expect(readFileSync(house.path("a"), "utf8")).toBe("one");
  });

  it("is refused where what it was made from is no longer so", async () => {
    await declare("one", "a");
    await house.run("plan", "shop.json", "--out", "shop.plan");
    await house.write("a", "somebody else's");
    const { code, err } = await house.run("apply", "shop.plan");
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("error[plan.stale]: the plan of `shop` does not hold any more"),
    ]);
    expect(readFileSync(house.path("a"), "utf8")).toBe("somebody else's");
  });

  it.each([
    ["text", "hello"],
    ["of another kind", JSON.stringify({ kind: "muster.plan/9", asked: {}, stacks: [] })],
    [
      "without what must still hold",
      JSON.stringify({ kind: "muster.plan/1", asked: {}, stacks: [{ document: {}, source: "x" }] }),
    ],
  ])("is none that is %s", async (_, text) => {
    await house.write("shop.plan", text);
    const { code, err } = await house.run("apply", "shop.plan");
    expect([code, err]).toEqual([2, expect.stringContaining("error[plan.not-a-plan]: shop.plan is no plan")]);
  });

  it("takes no more than it was made with", async () => {
    await declare("one", "a");
    await house.run("plan", "shop.json", "--out", "shop.plan");
    for (const words of [["--prune"], ["--allow", "irreversible"]]) {
      const { code, err } = await house.run("apply", "shop.plan", ...words);
      expect([code, err]).toEqual([2, expect.stringContaining(`${words[0]}: a saved plan is done as it was made`)]);
    }
    expect(existsSync(house.path("a"))).toBe(false);
  });

  it("has a name that ends so, and is not mixed with declarations", async () => {
    await declare("one", "a");
    expect(await house.run("plan", "shop.json", "--out", "shop.txt")).toMatchObject({ code: 2, out: "" });
    await house.run("plan", "shop.json", "--out", "shop.plan");
    const { code, err } = await house.run("apply", "shop.plan", "shop.json", "--yes");
    expect([code, err]).toEqual([2, expect.stringContaining("plans and declarations together")]);
  });
});

describe("what is declared no longer", () => {
  it("stays, and is destroyed by --prune", async () => {
    await declare("x", "a", "b");
    await house.run("apply", "shop.json", "--yes");
    await declare("x", "a");
    expect((await house.run("apply", "shop.json", "--yes")).out).toContain("b  no longer declared: it stays\n");
    expect(existsSync(house.path("b"))).toBe(true);
    expect((await house.run("plan", "shop.json", "--prune")).out).toMatch(/^ {2}- file\.\S+\/b {2}destroy /m);
    expect((await house.run("apply", "shop.json", "--yes", "--prune")).code).toBe(0);
    expect([existsSync(house.path("a")), existsSync(house.path("b"))]).toEqual([true, false]);
  });
});
