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
    expect(out).toMatch(/^garethr {2}new: 2 members of instance-file\n {2}create 2 members\n/);
    expect(out).toMatch(/garethr: declared, generation 1 · garethr 2\/2 ready\n$/);
    expect([code, err, house.files().length]).toEqual([0, "", 2]);
    // Nothing runs any more, and the history can be read all the same.
    const events = await house.run("events", "garethr", "--output", "json");
    expect(
      events.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).type),
    ).toContain("group.converged");
    expect(events.code).toBe(0);
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
    expect(out).toMatch(/^garethr {2}declared otherwise: size 1 → 3\n {2}create 2 members \(missing\)\n/);
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

  const shop = (template: string) => `stack: shop\ngroups:\n  web:\n    size: 1\n    template: { ${template} }\n`;

  it("refuses to make a group of another type: its members would not be known any more", async () => {
    await house.write("shop.yaml", shop("instance-file: {}"));
    expect((await house.run("apply", "shop.yaml", "--yes", ...here)).code).toBe(0);
    const before = house.files();
    await house.write("shop.yaml", shop(`file: { path: "${house.path("{id}.txt")}", content: hello }`));
    const { code, err } = await house.run("apply", "shop.yaml", "--yes", ...here);
    expect(err).toMatch(
      /^error\[declaration\.type-changed\]: group `web` is made of instance-file and cannot become file\n {2}at .*shop\.yaml/,
    );
    expect([code, house.files()]).toEqual([2, before]);
  });

  it("refuses to declare InfraKit's group as a stack of Muster's: its members bear other marks", async () => {
    await house.write("garethr.json", walkthrough(1));
    expect((await house.run("apply", "garethr.json", "--yes", ...here)).code).toBe(0);
    const before = house.files();
    await house.write("garethr.yaml", shop("instance-file: {}").replace("shop", "garethr"));
    const { code, err } = await house.run("apply", "garethr.yaml", "--yes", ...here);
    expect(err).toMatch(
      /^error\[declaration\.dialect-changed\]: the stack `garethr` was declared as infrakit, and .*garethr\.yaml declares it as muster/,
    );
    expect([code, house.files()]).toEqual([2, before]);
  });

  /** A plugin of one type, which cannot do what is named. */
  async function startThing(cannot: string): Promise<void> {
    const type = `{ name: "thing", schema: z.strictObject({}), list: async () => [], create: async () => "a",
      destroy: async () => {}, ${cannot} }`;
    await house.write(
      "thing.ts",
      `import { definePlugin, ProviderError, z } from "@muster/sdk";
       const refuse = (kind, why) => () => Promise.reject(new ProviderError(kind, why));
       export default definePlugin({ name: "thing", types: [${type}] });`,
    );
    await house.start("plugin", "run", "thing.ts").says("serves");
    await house.write("shop.yaml", shop("thing: {}"));
  }

  it("fails where members cannot be made, and says why", async () => {
    await startThing('create: refuse("no-space", "the shelf is full")');
    const { code, err } = await house.run("apply", "shop.yaml", "--yes");
    expect(err).toMatch(/^error\[group\.not-converged\]: group `shop\/web` is not as declared: .*the shelf is full/);
    expect(code).toBe(1);
  });

  it("ends with 4 where nobody can tell how the group stands", async () => {
    await startThing('list: refuse("denied", "the shelf is locked")');
    const { code, err } = await house.run("apply", "shop.yaml", "--yes");
    expect(err).toMatch(/^error\[look\.failed\]: group `shop\/web` could not be looked at: .*the shelf is locked/);
    expect(code).toBe(4);
  });

  it.each([
    ["retryable", "provider.failed", "thing: "],
    ["conflict", "provider.conflict", "thing: "],
    ["no-space", "provider.no-space", "thing: no room left: "],
  ])("says why a provider would not make it: %s", async (kind, errorCode, says) => {
    await startThing(`validate: refuse("${kind}", "not on this shelf")`);
    const { code, err } = await house.run("apply", "shop.yaml", "--yes");
    expect(err).toContain(`error[${errorCode}]: ${says}`);
    expect(err).toContain("not on this shelf\n  at shop.yaml:5:17 (groups.web.template.thing)");
    expect(code).toBe(1);
  });

  it("fails where what is declared cannot be made", async () => {
    await house.write("a-file", "");
    await house.write("garethr.json", walkthrough(1));
    const { code, err } = await house.run("apply", "garethr.json", "--yes", "--set", "instance-file.dir=./a-file");
    expect(err).toContain("it is not a directory");
    expect(code).not.toBe(0);
  });
});
