import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, until, walkthrough } from "./test/house.ts";
import { serveLockedShelf } from "./test/locked-shelf.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const here = ["--set", "instance-file.dir=./instances"];

/** A stack with one group `web`, of files in the house. */
function shop(words: string, greeting = "hello", head = ""): string {
  const template = `{ instance-file: { properties: { greeting: ${greeting} } } }`;
  return `stack: shop\n${head}groups:\n  web:\n    ${words}\n    template: ${template}\n`;
}

const declare = (text: string) => house.write("shop.yaml", text);
const plan = (...words: readonly string[]) => house.run("plan", "shop.yaml", ...words, ...here);
const apply = async () => expect((await house.run("apply", "shop.yaml", "--yes", ...here)).code).toBe(0);

/** Everything that lies in the house: names, modes and contents. */
function everything(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(house.dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = lstatSync(path);
    const text = entry.isFile() ? readFileSync(path, "base64") : entry.isSymbolicLink() ? readlinkSync(path) : "";
    found[relative(house.dir, path)] = `${mode} ${text}`;
  }
  return found;
}

describe("muster plan where no Muster runs", () => {
  it("tells what would be made, and leaves no trace: no store, no directory, nothing", async () => {
    await declare(shop("size: 3"));
    const before = everything();
    const { code, out, err } = await house.run("plan", "shop.yaml");
    expect([code, out, err]).toEqual([3, "shop/web  new: 3 members of instance-file\n  create 3 members\n", ""]);
    expect(everything()).toEqual(before);
  });

  it("says that there is nothing to do, and touches nothing of what is there", async () => {
    await declare(shop("size: 2"));
    await apply();
    const before = everything();
    const { code, out } = await plan();
    expect([code, out]).toEqual([0, "Nothing to do.\n"]);
    expect(everything()).toEqual(before);
  });

  it("tells what a new declaration would do to whom, in which order", async () => {
    await declare(shop("size: 2"));
    await apply();
    const [first = "", second = ""] = [...house.files()].sort();
    await declare(shop("size: 3", "goodbye"));
    const before = everything();
    const { code, out } = await plan();
    expect(out).toBe(
      [
        "shop/web  declared otherwise: size 2 → 3, template.properties",
        "  create 1 member (missing)",
        `  replace 2 members, one at a time (outdated): ${first}, ${second}`,
        "  nobody is away meanwhile",
        "",
      ].join("\n"),
    );
    expect(code).toBe(3);
    expect(everything()).toEqual(before);
  });

  it("tells what has gone wrong since, as what would be put right", async () => {
    await declare(shop("size: 2"));
    await apply();
    rmSync(join(house.instances, house.files()[0] ?? ""));
    const { code, out } = await plan();
    expect(out).toBe("shop/web  declared as before\n  create 1 member (missing)\n  at most 1 of 2 away, 1 now\n");
    expect(code).toBe(3);
  });

  it("stops at canaries, and says who promotes them", async () => {
    await declare(shop("size: 3"));
    await apply();
    await declare(shop("size: 3\n    rollout: { canary: 1, maxUnavailable: 1 }", "goodbye"));
    const { out } = await plan();
    expect(out).toMatch(
      /replace 1 member \(outdated\): instance-\d+\n {2}when the canary is promoted: `muster group promote shop\/web` .*:\n {2}replace 2 members, one at a time/,
    );
    expect(out).toContain("  at most 1 of 3 away\n");
  });

  it("names what is only let go, and what only the policy changes", async () => {
    await declare(`${shop("size: 2")}  db:\n    size: 1\n    template: { instance-file: {} }\n`);
    await apply();
    await declare(shop("size: 2\n    rollout: { maxSurge: 2 }"));
    const { code, out } = await plan();
    expect(out).toBe("shop/db  no longer declared: 1 member stays\nshop/web  declared otherwise: rollout.maxSurge\n");
    expect(code).toBe(3);
  });

  it("tells a change that is refused, and the way out", async () => {
    await declare(shop("size: 1"));
    await apply();
    const before = house.files();
    await declare(`stack: shop\ngroups:\n  web: { size: 1, template: { file: { path: "/tmp/{id}" } } }\n`);
    const { code, out } = await plan();
    expect(out).toMatch(/impossible: group `web` is made of instance-file and cannot become file\n {2}next: Declare/);
    expect([code, house.files()]).toEqual([2, before]);
    const refused = await house.run("apply", "shop.yaml", "--yes", ...here);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("declaration.type-changed")]);
  });

  it("is refused like the declaration itself", async () => {
    await declare(shop("size: -1"));
    const { code, err } = await plan();
    expect([code, err]).toEqual([2, expect.stringContaining("error[declaration.bad-size]")]);
    expect(err).toContain("at shop.yaml:4:");
  });

  it("is the same as data for programs", async () => {
    await declare(shop("size: 2"));
    const { code, out } = await plan("--output", "json");
    expect(JSON.parse(out)).toEqual([
      {
        stack: "shop",
        generation: 0,
        changed: true,
        changes: [],
        mode: "enforce",
        groups: [
          {
            group: "web",
            type: "instance-file",
            declared: "new",
            changes: [],
            size: { before: null, after: 2 },
            steps: [{ effect: "create", count: 2, atOnce: 2, members: [{ slot: "0" }, { slot: "1" }], why: "missing" }],
            away: { now: 0, most: 0 },
            notes: [],
          },
        ],
      },
    ]);
    expect(code).toBe(3);
  });

  it("ends with 4 where it could not be told", async () => {
    await serveLockedShelf(house);
    await declare("stack: shop\ngroups:\n  web: { size: 1, template: { thing: {} } }\n");
    const { code, out, err } = await house.run("plan", "shop.yaml");
    expect(out).toContain("cannot be told: ");
    expect(err).toMatch(/^error\[look\.failed\]: group `shop\/web` could not be looked at: .*the shelf is locked/);
    expect(code).toBe(4);
  });

  it("takes what an InfraKit document declares, too", async () => {
    await house.write("garethr.json", walkthrough(1));
    const { code, out } = await house.run("plan", "garethr.json");
    expect([code, out]).toEqual([3, "garethr  new: 1 member of instance-file\n  create 1 member\n"]);
  });
});

describe("muster plan where a Muster keeps the stack", () => {
  it("asks it, and what is declared and kept stays", async () => {
    await declare(shop("size: 2"));
    const watch = house.start("watch", "shop.yaml", "--no-follow", ...here);
    await watch.says("as declared");
    await declare(shop("size: 3", "goodbye"));
    const before = [house.files(), watch.out()];
    const { code, out } = await house.run("plan", "shop.yaml");
    expect(out).toContain("create 1 member (missing)\n  replace 2 members, one at a time (outdated): ");
    expect([code, [house.files(), watch.out()]]).toEqual([3, before]);
  });

  it("tells that a pause holds a change, and not what is missing", async () => {
    await declare(shop("size: 2"));
    await house.start("watch", "shop.yaml", "--no-follow", ...here).says("as declared");
    await house.run("group", "pause", "web");
    await declare(shop("size: 3", "goodbye"));
    const { out } = await house.run("plan", "shop.yaml");
    expect(out).toMatch(
      /create 1 member \(missing; made as before\)\n {2}paused: this waits for `muster group resume shop\/web`:\n {2}replace/,
    );
  });

  it("says of a version that somebody reverted that a new one takes its place", async () => {
    await declare(shop("size: 1"));
    const watch = house.start("watch", "shop.yaml", ...here);
    await watch.says("as declared");
    await declare(shop("size: 1", "goodbye"));
    await watch.says("is everywhere");
    await house.run("group", "revert", "web");
    await watch.says("back at revision");
    const reverted = await house.run("plan", "shop.yaml");
    expect([reverted.code, reverted.out]).toEqual([3, expect.stringContaining("kept at its former version")]);
    const before = house.files();
    await house.write("next.yaml", shop("size: 1", "again"));
    const { out } = await house.run("plan", "next.yaml");
    expect(out).toContain("it had been put back to its former version");
    expect(house.files()).toEqual(before);
  });
});

describe("a stack that is only observed", () => {
  const observed = (size: number) => shop(`size: ${size}`, "hello", "mode: observe\n");

  it("is planned, and shown as what is not done", async () => {
    await declare(observed(1));
    const { code, out } = await plan();
    expect(out).toMatch(/only observed: nothing of this is done until .*`mode: enforce`:\n {2}create 1 member\n/);
    expect(code).toBe(3);
  });

  it("is looked at by apply, which ends well and touches nothing", async () => {
    await declare(observed(2));
    const { code, out } = await house.run("apply", "shop.yaml", "--yes", ...here);
    expect(out).toContain("! shop/web  0 there, 2 wanted: 2 missing\n");
    expect([code, house.files()]).toEqual([0, []]);
  });

  it("is enforced, observed and enforced again as it is declared", async () => {
    await declare(shop("size: 2"));
    const watch = house.start("watch", "shop.yaml", ...here);
    await watch.says("2 of 2 as declared");
    await declare(observed(2));
    await watch.says("generation 2");
    const [first = "", second = ""] = house.files();
    rmSync(join(house.instances, first));
    await watch.says("1 there, 2 wanted: 1 missing");
    expect(house.files()).toEqual([second]);
    const { out } = await house.run("group", "ls");
    expect(out).toMatch(/shop\/web +instance-file +2 +1 +observed +only observed: 1 there, 2 wanted: 1 missing/);
    await declare(shop("size: 2"));
    await until(() => house.files().length === 2);
    expect(house.files()).toContain(second);
  });

  it("is not scaled or destroyed: nobody would do it", async () => {
    await declare(observed(0));
    await house.start("watch", "shop.yaml", ...here).says("as declared");
    for (const words of [
      ["scale", "web", "2"],
      ["destroy", "web", "--yes"],
      ["pause", "web"],
    ]) {
      const { code, err } = await house.run("group", ...words);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining("error[group.observed]: group `shop/web` is only observed"),
      ]);
    }
    expect((await house.run("group", "free", "web")).code).toBe(0);
  });
});
