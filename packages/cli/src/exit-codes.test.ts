import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse } from "./test/house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const DETAILED = ["--detailed-exitcodes", "--yes"];
const shop = (file: object) => house.write("shop.json", { stack: "shop", resources: { file } });

describe("what a provider refuses of a declaration", () => {
  it("is an invalid declaration, in the line of what is at fault", async () => {
    await house.write("shop.yaml", "stack: shop\nresources:\n  file:\n    /srv/motd:\n      owner: nobody-at-all\n");
    for (const command of ["plan", "apply"]) {
      const { code, err } = await house.run(command, "shop.yaml", ...(command === "apply" ? ["--yes"] : []));
      expect([code, err]).toEqual([2, expect.stringContaining("there is no user `nobody-at-all`")]);
      expect(err).toContain("error[declaration.refused]");
      expect(err).toContain("shop.yaml:5:14");
    }
  });
});

describe("apply --detailed-exitcodes", () => {
  it("ends with 1 where nothing was begun", async () => {
    await house.write("bad.json", { stack: "shop", resources: { file: { relative: {} } } });
    await shop({ [house.path("a")]: { content: "a" } });
    const refused = [
      ["bad.json", ...DETAILED],
      ["missing.json", ...DETAILED],
      ["shop.json", "--detailed-exitcodes"],
      ["shop.json", "--no-such-flag", ...DETAILED],
    ];
    for (const words of refused) expect((await house.run("apply", ...words)).code, words.join(" ")).toBe(1);
    // Without it they are what they are.
    expect((await house.run("apply", "bad.json", "--yes")).code).toBe(2);
  });

  it("ends with 6 where something was changed and something failed, and with 4 where nothing was changed", async () => {
    await house.write("in-the-way", "a file");
    const [good, bad] = [house.path("good"), `${house.path("in-the-way")}/below`];
    await shop({ [bad]: { content: "b" } });
    expect((await house.run("apply", "shop.json", ...DETAILED)).code).toBe(4);
    await shop({ [good]: { content: "a" }, [bad]: { content: "b" } });
    expect((await house.run("apply", "shop.json", ...DETAILED)).code).toBe(6);
    expect((await house.run("apply", "shop.json", ...DETAILED)).code).toBe(4);
  });
});
