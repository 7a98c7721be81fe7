import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const here = ["--set", "instance-file.dir=./instances"];

/** Every plain object has something by these names that nobody wrote. */
const NAMES = ["constructor", "hasOwnProperty", "isPrototypeOf", "toString", "valueOf"];

function declare(names: readonly string[], size: number, greeting = "hello"): Promise<string> {
  const template = { "instance-file": { properties: { [NAMES[0] as string]: greeting } } };
  const groups = Object.fromEntries(names.map((name) => [name, { size, template }]));
  return house.write("shop.json", { stack: "shop", groups });
}

const plan = () => house.run("plan", "shop.json", ...here);
const apply = async () => expect(await house.run("apply", "shop.json", "--yes", ...here)).toMatchObject({ code: 0 });

describe("a group that is called as every object's own methods are", () => {
  it("is declared, refilled, resized, changed and let go as any other", async () => {
    await declare(NAMES, 1);
    const planned = await plan();
    expect([planned.code, planned.err]).toEqual([3, ""]);
    for (const name of NAMES) expect(planned.out).toContain(`shop/${name}  new: 1 member of instance-file`);
    await apply();
    expect(house.files()).toHaveLength(NAMES.length);
    expect((await plan()).out).toBe("Nothing to do.\n");
    rmSync(join(house.instances, house.files()[0] ?? ""));
    expect((await plan()).out).toContain("create 1 member (missing)");
    await declare(NAMES, 2, "goodbye");
    expect((await plan()).out).toContain("declared otherwise: size 1 → 2, template.properties");
    await apply();
    expect(house.files()).toHaveLength(2 * NAMES.length);
    await declare(["web"], 1);
    const { out } = await plan();
    for (const name of NAMES) expect(out).toContain(`shop/${name}  no longer declared: 2 members stay`);
    await apply();
    expect((await house.run("history", "shop/toString")).out).toContain("no longer declared");
  });

  it("is steered as any other, and nobody else is steered with it", async () => {
    await declare(["constructor", "toString"], 1);
    const serving = house.start("serve", ...here);
    await serving.says("serving");
    const commit = async () =>
      expect(await house.run("apply", "shop.json", "--yes")).toMatchObject({ code: 0, err: "" });
    await commit();
    await declare(["constructor", "toString"], 1, "goodbye");
    await commit();
    expect((await house.run("group", "pause", "constructor")).code).toBe(0);
    const { out } = await house.run("group", "ls", "--output", "json");
    expect(out).toContain('"constructor"');
    expect(await house.run("group", "revert", "toString")).toMatchObject({ code: 0 });
    expect(await house.run("group", "scale", "toString", "2")).toMatchObject({ code: 0 });
    expect((await house.run("group", "describe", "valueOf")).err).toContain("valueOf");
  });
});

describe("a name that nobody wrote", () => {
  it.each(["constructor", "toString"])("is no type and no provider: %s", async (name) => {
    await house.write("shop.json", { stack: "shop", groups: { web: { size: 1, template: { [name]: {} } } } });
    const unknown = await house.run("plan", "shop.json");
    expect(unknown.err).not.toContain("internal");
    expect(unknown.code).toBe(2);
    await declare(["web"], 1);
    const set = await house.run("plan", "shop.json", "--set", `${name}.dir=./x`);
    expect(set.err).toContain(`there is no provider \`${name}\``);
  });

  it("is not taken for a prototype", async () => {
    await house.write(
      "shop.yaml",
      "stack: shop\ngroups:\n  __proto__:\n    size: 1\n    template: { instance-file: {} }\n",
    );
    expect((await house.run("plan", "shop.yaml")).err).toContain("__proto__");
    await declare(["web"], 1);
    expect((await house.run("plan", "shop.json", "--set", "__proto__.dir=./x")).err).toContain("__proto__");
  });
});
