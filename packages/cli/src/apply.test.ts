import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, until, walkthrough } from "./test/house.ts";

describe("muster apply where no Muster runs", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  const here = ["--set", "instance-file.dir=./instances"];

  it("makes what is declared and ends", async () => {
    await house.write("garethr.json", walkthrough(2));
    const { code, out, err } = await house.run("apply", "garethr.json", "--yes", ...here);
    expect(out).toContain("Managing 2 instances");
    expect(out).toMatch(/garethr: declared, generation 1 · garethr 2\/2 ready\n$/);
    expect([code, err, house.files().length]).toEqual([0, "", 2]);
  });

  it("prints how it ended as JSON", async () => {
    await house.write("garethr.json", walkthrough(1));
    const { code, out } = await house.run("apply", "garethr.json", "--yes", "--output", "json", ...here);
    expect(JSON.parse(out)).toMatchObject([
      { stack: "garethr", generation: 1, unchanged: false, groups: [{ name: "garethr", status: { ready: 1 } }] },
    ]);
    expect(code).toBe(0);
  });

  it("goes through the watch that keeps the stack", async () => {
    await house.write("garethr.json", walkthrough(1));
    const watch = house.start("watch", "garethr.json", "--no-follow", ...here);
    await watch.says("as declared");
    await house.write("garethr.json", walkthrough(3));
    const { code, out } = await house.run("apply", "garethr.json", "--yes");
    expect(out).toContain("Adding 2 instances");
    expect([code, house.files().length]).toEqual([0, 3]);
    expect(watch.out()).toContain("generation 2");
  });

  it("returns at once where it need not wait", async () => {
    await house.write("garethr.json", walkthrough(1));
    const watch = house.start("watch", "garethr.json", "--no-follow", ...here);
    await watch.says("as declared");
    await house.write("garethr.json", walkthrough(3));
    const { out } = await house.run("apply", "garethr.json", "--yes", "--no-wait");
    expect(out).toContain("garethr: declared, generation 2");
    await until(() => house.files().length === 3);
  });

  it("refuses a declaration before anything is touched", async () => {
    await house.write("garethr.json", walkthrough(-1));
    const { code, out, err } = await house.run("apply", "garethr.json", "--yes", ...here);
    expect(err).toMatch(
      /^error\[declaration\.bad-size\]: a group cannot have -1 members\n {2}at garethr\.json:\d+:\d+ /,
    );
    expect([code, out, house.files()]).toEqual([2, "", []]);
  });

  it("fails where what is declared cannot be made", async () => {
    await house.write("a-file", "");
    await house.write("garethr.json", walkthrough(1));
    const { code, err } = await house.run("apply", "garethr.json", "--yes", "--set", "instance-file.dir=./a-file");
    expect(err).toContain("it is not a directory");
    expect(code).not.toBe(0);
  });
});
