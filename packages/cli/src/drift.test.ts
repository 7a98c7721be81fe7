import { readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";
import { serveLockedShelf } from "./test/locked-shelf.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const here = ["--set", "instance-file.dir=./instances"];
const declare = (size: number, greeting = "hello") =>
  house.write(
    "shop.yaml",
    `stack: shop\ngroups:\n  web:\n    size: ${size}\n    template: { instance-file: { properties: { greeting: ${greeting} } } }\n`,
  );
const apply = async () => expect((await house.run("apply", "shop.yaml", "--yes", ...here)).code).toBe(0);
const drift = (...words: readonly string[]) => house.run("drift", "shop.yaml", ...words);
const lose = () => rmSync(`${house.instances}/${house.files()[0]}`);

describe("muster drift", () => {
  it("ends with 0 where everything is as declared, and with 3 where it is not; it touches nothing", async () => {
    await declare(2);
    await apply();
    expect(await drift(...here)).toEqual({ code: 0, out: "shop  as declared\n", err: "" });
    lose();
    const { code, out } = await drift(...here);
    expect([code, out]).toEqual([
      3,
      "shop/web  declared as before\n  create 1 member (missing)\n  at most 1 of 2 away, 1 now\n",
    ]);
    expect(house.files()).toHaveLength(1);
  });

  it("does not take what the file says otherwise for drift, and shows it apart", async () => {
    await declare(2);
    await apply();
    await declare(3);
    const { code, out } = await drift(...here);
    expect([code, out]).toEqual([
      0,
      "shop  as declared\nshop  the file declares it otherwise: this is no drift\n" +
        "shop/web  declared otherwise: size 2 → 3\n  create 1 member (missing)\n",
    ]);
    lose();
    const both = await drift("--output", "json", ...here);
    expect(both.code).toBe(3);
    expect(JSON.parse(both.out)).toMatchObject([
      {
        ...{ stack: "shop", generation: 1, drifted: true },
        drift: { changed: false, groups: [{ group: "web", declared: "unchanged", steps: [{ count: 1 }] }] },
        intended: { changed: true, groups: [{ group: "web", declared: "changed", steps: [{ count: 2 }] }] },
      },
    ]);
  });

  it("tells of a resource what somebody has changed by hand, apart from what the file says now", async () => {
    const path = await house.write("motd", "a\n");
    const says = (content: string) => `stack: shop\nresources:\n  file:\n    ${path}: { content: "${content}\\n" }\n`;
    await house.write("shop.yaml", says("a"));
    await apply();
    expect(await drift()).toEqual({ code: 0, out: "shop  as declared\n", err: "" });
    await house.write("motd", "b\n");
    const head = `  ~ file.${path}  change in place (content differs)\n`;
    const drifted = `shop  resources\n${head}      content: b → a\n  1 to change\n`;
    expect(await drift()).toEqual({ code: 3, out: drifted, err: "" });
    await house.write("shop.yaml", says("c"));
    const { code, out } = await drift();
    expect([code, out]).toEqual([
      ...[3, `${drifted}shop  the file declares it otherwise: this is no drift\n${drifted.replace("b → a", "b → c")}`],
    ]);
    expect(readFileSync(path, "utf8")).toBe("b\n");
  });

  it("asks the Muster that keeps the stack", async () => {
    await declare(1);
    await house.start("watch", "shop.yaml", "--no-follow", ...here).says("as declared");
    await declare(2);
    const { code, out } = await drift();
    expect([code, out]).toEqual([0, expect.stringContaining("the file declares it otherwise")]);
  });

  it("compares with the file where nothing was declared", async () => {
    await declare(1);
    const { code, out } = await drift(...here);
    expect([code, out]).toEqual([
      3,
      "shop  not declared here yet: compared with what the file says\n" +
        "shop/web  new: 1 member of instance-file\n  create 1 member\n",
    ]);
  });

  it("ends with 4 where it could not be told", async () => {
    await serveLockedShelf(house);
    await house.write("shop.yaml", "stack: shop\ngroups:\n  web: { size: 1, template: { thing: {} } }\n");
    const { code, err } = await drift();
    expect([code, err]).toEqual([4, expect.stringContaining("error[look.failed]")]);
  });
});
