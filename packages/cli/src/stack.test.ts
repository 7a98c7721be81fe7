import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

/** One file that can be, one below what is no directory, one that rests on that, and a group. */
async function serveShop(): Promise<void> {
  const [good, bad, after] = ["good", "flat/bad", "after"].map(house.path);
  await house.write("flat", "no directory");
  const stack = {
    stack: "shop",
    resources: {
      file: {
        [`${good}`]: { content: "x" },
        [`${bad}`]: { content: "x" },
        [`${after}`]: { content: "x", dependsOn: `file.${bad}` },
      },
    },
    groups: { web: { size: 1, template: { "instance-file": {} } } },
  };
  await house.start("serve", "--set", "instance-file.dir=./instances").says("serving");
  expect((await house.run("apply", await house.write("shop.json", stack), "--yes")).code).toBe(1);
}

describe("muster stack", () => {
  it("lists the stacks that are kept, and how many of what they have is as declared", async () => {
    await serveShop();
    const { code, out, err } = await house.run("stack", "ls");
    expect([code, out, err]).toEqual([0, "STACK  GROUPS  RESOURCES\nshop   1/1     1/3\n", ""]);
  });

  it("tells of each resource how it stands, and why", async () => {
    await serveShop();
    const { code, out } = await house.run("stack", "describe", "shop");
    expect(code).toBe(0);
    expect(out).toMatch(/^GROUP +TYPE +SIZE +READY +STATE +REASON\nshop\/web +instance-file +1 /);
    expect(out).toMatch(/^RESOURCE +STATE +ID +REASON$/m);
    expect(out).toMatch(/^file\.\S+\/good +kept +\S+\/good$/m);
    expect(out).toMatch(/^file\.\S+\/flat\/bad +failed +- +\S/m);
    expect(out).toMatch(/^file\.\S+\/after +skipped +- +file\.\S+\/flat\/bad is not as declared: /m);
    const detail = JSON.parse((await house.run("stack", "describe", "shop", "--output", "json")).out);
    expect(detail).toMatchObject({ stack: "shop", groups: [{ name: "web" }], resources: { observedGeneration: 1 } });
    expect(JSON.parse((await house.run("stack", "ls", "--output", "json")).out)).toMatchObject([{ stack: "shop" }]);
  });

  it("says what to do about what waits for somebody", async () => {
    const path = await house.write("motd", "mine");
    const stack = { stack: "watched", mode: "observe", resources: { file: { [path]: { content: "declared" } } } };
    await house.start("serve").says("serving");
    await house.run("apply", await house.write("watched.json", stack), "--yes");
    const { out } = await house.run("stack", "describe", "watched");
    expect(out).toMatch(/ drifted +\S+ +there already, and nobody's: the stack is only observed$/m);
    expect(out).toContain(`\nfile.${path}\n  next: Declare \`mode: enforce\` to have it done.\n`);
  });

  it("says of a slip what may be meant", async () => {
    await serveShop();
    const { code, err } = await house.run("stack", "describe", "shopp");
    expect([code, err]).toEqual([
      2,
      "error[stack.not-found]: there is no stack `shopp` (did you mean `shop`?)\n  next: `muster stack ls` shows what there is.\n",
    ]);
  });

  it("forgets a stack that was destroyed", async () => {
    await serveShop();
    await rm(house.path("flat"));
    expect((await house.run("destroy", "shop.json", "--yes")).code).toBe(0);
    expect((await house.run("stack", "ls")).out).toBe("No stacks.\n");
  });
});
