import { rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, type Running, until, walkthrough } from "./test/house.ts";

describe("muster watch", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  const watch = (...words: readonly string[]): Running =>
    house.start("watch", ...words, "--set", "instance-file.dir=./instances");
  const count = (wanted: number) =>
    until(
      () => house.files().length === wanted,
      () => house.files().join(" "),
    );

  it("makes what is declared, and says what and where", async () => {
    const { out, says } = watch(await house.write("garethr.json", walkthrough(1)));
    await says("1 of 1 as declared");
    expect(out().split("\n")[0]).toBe(`muster 0.1.0 · stack garethr · instance-file in ${house.instances}`);
    expect(out()).toMatch(/^\d\d:\d\d:\d\d \+ garethr {2}created instance-\d+ \(missing\)$/m);
    expect(house.files()).toHaveLength(1);
  });

  it("replaces an instance that was deleted by hand, under a new name", async () => {
    const { says } = watch(await house.write("garethr.json", walkthrough(1)));
    await says("as declared");
    const [first = ""] = house.files();
    rmSync(join(house.instances, first));
    await says(`${first} is gone`);
    await count(1);
    expect(house.files()).not.toContain(first);
  });

  it("keeps the state where it is told, and the instances there where no directory is named", async () => {
    await house.write("garethr.json", walkthrough(1));
    const { out, says } = house.start("watch", "garethr.json");
    await says("as declared");
    expect(out()).toContain(`instance-file in ${house.path(".local/state/muster/instance-file")}`);
  });

  it("follows an edit, also one that is written beside and moved into place", async () => {
    const file = await house.write("garethr.json", walkthrough(1));
    const { says } = watch(file);
    await says("as declared");
    await house.write("garethr.json", walkthrough(3));
    await count(3);
    await rename(await house.write("garethr.json~", walkthrough(2)), file);
    await count(2);
  });

  it("says what is wrong with the declaration of a stack that was kept before, and ends", async () => {
    const file = await house.write("garethr.json", walkthrough(1));
    const first = watch(file);
    await first.says("as declared");
    first.signal("SIGINT");
    await first.ended;
    const text = JSON.stringify(walkthrough(1)).replace("instance-file", "instance-fil");
    await writeFile(file, text);
    const { code, err } = await watch(file).ended;
    expect(err).toContain("error[declaration.unknown-type]");
    expect(code).toBe(2);
  });

  it("shows an edit that is not valid with its place, and goes on with what was declared", async () => {
    const file = await house.write("garethr.json", walkthrough(1));
    const { says, err } = watch(file);
    await says("as declared");
    await writeFile(file, '{\n  "ID": "garethr",\n  "Properties": {"Flavour": {}}\n}\n');
    await says("next: ");
    expect(err()).toContain("error[declaration.unknown-key]: `Flavour` is not known here (did you mean `Flavor`?)");
    expect(err()).toContain(`  at ${file}:3:18 (Properties.Flavour)`);
    const [first = ""] = house.files();
    rmSync(join(house.instances, first));
    await says(`${first} is gone`);
    await count(1);
  });

  it("refuses an edit that makes another stack of it", async () => {
    const file = await house.write("garethr.json", walkthrough(1));
    const { says } = watch(file);
    await says("as declared");
    await house.write("garethr.json", walkthrough(1, "hello", "other"));
    await says("error[declaration.stack-changed]");
    expect(house.files()).toHaveLength(1);
  });

  it("leaves an edit alone where it is told not to follow", async () => {
    const file = await house.write("garethr.json", walkthrough(1));
    const { says, out } = watch(file, "--no-follow");
    await says("as declared");
    await house.write("garethr.json", walkthrough(3));
    const [first = ""] = house.files();
    rmSync(join(house.instances, first));
    await says(`${first} is gone`);
    await count(1);
    expect(out()).not.toContain("generation 2");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends on %s, leaves the instances, and says how to go on", async (signal) => {
    await house.write("garethr.json", walkthrough(2));
    const running = watch("garethr.json");
    await running.says("2 of 2 as declared");
    running.signal(signal);
    const { code, out, err } = await running.ended;
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`Ended. 2 instances stay: instance-file in ${house.instances}.`);
    expect(out).toContain("go on:    muster watch garethr.json");
    expect(house.files()).toHaveLength(2);
  });

  it("ends at once when it is asked a second time", async () => {
    await house.write(
      "slow.ts",
      `import { definePlugin, z } from "@muster/sdk";
       const type = { name: "slow", schema: z.strictObject({}), list: async () => [], destroy: async () => {} };
       export default definePlugin({ name: "slow", types: [{ ...type, create: () => new Promise(() => {}) }] });`,
    );
    const plugin = house.start("plugin", "run", "slow.ts");
    await plugin.says("serves");
    await house.write("slow.yaml", "stack: slow\ngroups:\n  web:\n    size: 1\n    template: { slow: {} }\n");
    const running = house.start("watch", "slow.yaml");
    await running.says("making 1");
    running.signal("SIGINT");
    await running.says("Ending: what is in flight is finished first.");
    running.signal("SIGINT");
    expect((await running.ended).code).toBe(130);
  });

  it("finds its instances again and makes nothing twice", async () => {
    await house.write("garethr.json", walkthrough(2));
    const first = watch("garethr.json");
    await first.says("2 of 2 as declared");
    const before = house.files();
    first.signal("SIGINT");
    await first.ended;
    const second = watch("garethr.json");
    await second.says("2 of 2 as declared");
    second.signal("SIGINT");
    const { out } = await second.ended;
    expect(house.files()).toEqual(before);
    expect(out).not.toContain("created");
  });

  it("goes on after it was killed", async () => {
    await house.write("garethr.json", walkthrough(2));
    const first = watch("garethr.json");
    await first.says("2 of 2 as declared");
    const before = house.files();
    first.signal("SIGKILL");
    await first.ended;
    const second = watch("garethr.json");
    await second.says("2 of 2 as declared");
    expect(house.files()).toEqual(before);
  });

  it("says who keeps the stack already, and ends", async () => {
    await house.write("garethr.json", walkthrough(1));
    const first = watch("garethr.json");
    await first.says("as declared");
    const { code, err } = await watch("garethr.json").ended;
    expect(err).toMatch(/^error\[stack\.held\]: stack `garethr` is held by .*watch garethr\.json.*\n {2}next: /);
    expect(err).toContain(String(first.child.pid));
    expect(code).toBe(1);
  });

  it("keeps two stacks side by side, in two processes and in one", async () => {
    await house.write("a.json", walkthrough(1, "a", "a"));
    await house.write("b.json", walkthrough(2, "b", "b"));
    await house.write("c.json", walkthrough(1, "c", "c"));
    const one = watch("a.json");
    const two = watch("b.json", "c.json");
    await Promise.all([one.says("1 of 1 as declared"), two.says("2 of 2 as declared"), two.says("1 of 1 as declared")]);
    const { out } = await house.run("group", "ls");
    expect(out.split("\n").map((line) => line.split(/ {2,}/).slice(0, 5))).toEqual([
      ["GROUP", "TYPE", "SIZE", "READY", "STATE"],
      ["a", "instance-file", "1", "1", "converged"],
      ["b", "instance-file", "2", "2", "converged"],
      ["c", "instance-file", "1", "1", "converged"],
      [""],
    ]);
  });

  it("refuses two files of one stack", async () => {
    await house.write("a.json", walkthrough(1));
    await house.write("b.json", walkthrough(2));
    const { code, err } = await watch("a.json", "b.json").ended;
    expect(err).toContain("error[declaration.same-stack]: b.json and a.json both declare the stack `garethr`");
    expect([code, house.files()]).toEqual([2, []]);
  });

  it("prints events as JSON, one a line, and nothing else", async () => {
    await house.write("garethr.json", walkthrough(1));
    const running = watch("garethr.json", "--output", "json");
    await running.says("group.converged");
    running.signal("SIGINT");
    const { out, err } = await running.ended;
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual([
      "stack.committed",
      "group.committed",
      "group.decided",
      "instance.created",
      "group.converged",
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(events[3]).toMatchObject({ stack: "garethr", group: "garethr", instance: house.files()[0] });
    expect(err).toBe("");
  });

  it("ends quietly when nobody reads it any more", async () => {
    await house.write("garethr.json", walkthrough(1));
    const running = watch("garethr.json");
    await running.says("as declared");
    running.child.stdout?.destroy();
    rmSync(join(house.instances, house.files()[0] ?? ""));
    const { code, err } = await running.ended;
    expect([code, err]).toEqual([0, ""]);
    expect(house.files()).toHaveLength(1);
  });

  it("reads Muster's own stacks in YAML and in TypeScript", async () => {
    await house.write("a.yaml", "stack: a\ngroups:\n  web:\n    size: 2\n    template: { instance-file: {} }\n");
    await house.write(
      "b.ts",
      `import { defineStack, types } from "@muster/sdk";
       export default defineStack({ stack: "b", groups: { db: { members: ["x"], template: types.instanceFile({}) } } });`,
    );
    const running = watch("a.yaml", "b.ts");
    await running.says("a/web  2 of 2 as declared");
    await running.says("b/db  1 of 1 as declared");
    expect(house.files()).toHaveLength(3);
  });

  it("names every error of a declaration with its place, before anything is touched", async () => {
    await house.write(
      "shop.yaml",
      "stack: shop\ngroups:\n  web:\n    size: -1\n    template: { instance-file: {} }\n    flavour: {}\n",
    );
    const { code, err } = await watch("shop.yaml").ended;
    expect(err).toContain(`  at shop.yaml:4:11 (groups.web.size)`);
    expect(err).toContain(`  at shop.yaml:6:5 (groups.web.flavour)`);
    expect(code).toBe(2);
    expect(house.files()).toEqual([]);
  });

  it("finds the line also of what only the catalog can tell", async () => {
    await house.write("shop.yaml", "stack: shop\ngroups:\n  web:\n    size: 1\n    template: { instance-fill: {} }\n");
    const { code, out, err } = await watch("shop.yaml").ended;
    expect(err).toContain("there is no type `instance-fill` (did you mean `instance-file`?)");
    expect(err).toContain("  at shop.yaml:5:17 (groups.web.template.instance-fill)");
    expect([code, out]).toEqual([2, ""]);
  });

  it("makes nothing of one stack where another cannot be made", async () => {
    await house.write("garethr.json", walkthrough(1));
    await house.write("shop.yaml", "stack: shop\ngroups:\n  web:\n    size: 1\n    template: { instance-fill: {} }\n");
    const { code, out, err } = await watch("garethr.json", "shop.yaml").ended;
    expect(err).toContain("error[declaration.unknown-type]");
    expect([code, out, house.files()]).toEqual([2, "", []]);
  });

  it("offers the nearest provider to a setting of one that there is not", async () => {
    await house.write("garethr.json", walkthrough(1));
    const { code, err } = await house.run("watch", "garethr.json", "--set", "instance-fill.dir=./x");
    expect(err).toContain("error[settings.unknown-provider]");
    expect(err).toContain("(did you mean `instance-file`?)");
    expect(code).toBe(2);
  });
});
