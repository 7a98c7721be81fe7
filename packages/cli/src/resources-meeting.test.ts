import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type House, openHouse, until } from "./test/house.ts";

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

describe("a second apply while the first is under way", () => {
  /** It ends when the file `go` is there; whether anybody has begun it twice is seen in `begun`. */
  const waits = (more: Resources = {}) => {
    const script = "echo begun >> begun; until [ -e go ]; do sleep 0.05; done; touch made";
    const command = { slow: { command: ["sh", "-c", script], cwd: house.dir, creates: house.path("made") } };
    return declare("shop", { command, ...more });
  };

  it("sees the end too, though the first ends by itself", async () => {
    await waits();
    const first = house.start("apply", "shop.json", "--yes");
    await until(() => existsSync(house.path("begun")));
    await waits({ file: { f: { path: house.path("f"), content: "f" } } });
    const second = house.start("apply", "shop.json", "--yes");
    await first.says("generation 2");
    await house.write("go", "");
    const [one, two] = await Promise.all([first.ended, second.ended]);
    expect([one.code, one.err, two.code, two.err]).toEqual([0, "", 0, ""]);
    expect(one.out).toContain("Somebody else has applied here meanwhile");
    expect(two.out).toContain("shop: declared, generation 2");
    expect(readFileSync(house.path("begun"), "utf8")).toBe("begun\n");
  });

  it("sees the failure too", async () => {
    const script = "echo begun > begun; until [ -e go ]; do sleep 0.05; done; exit 3";
    const command = { command: ["sh", "-c", script], cwd: house.dir, creates: house.path("made") };
    const own = { command: { fails: command } };
    await declare("shop", own);
    const first = house.start("apply", "shop.json", "--yes");
    await until(() => existsSync(house.path("begun")));
    await declare("shop", { ...own, file: { f: { path: house.path("f"), content: "f" } } });
    const second = house.start("apply", "shop.json", "--yes");
    await first.says("generation 2");
    await house.write("go", "");
    const ended = await Promise.all([first.ended, second.ended]);
    for (const { code, err } of ended) expect([code, err]).toEqual([1, expect.stringContaining("sh exited with 3")]);
  });
});

describe("a stack that is only observed", () => {
  it("has drifted where it differs, and that is told once", async () => {
    const path = await house.write("motd", "mine");
    const stack = await declare("seen", { file: { [path]: { content: "declared" } } }, { mode: "observe" });
    const watch = house.start("watch", stack, "--no-follow");
    await watch.says(`file.${path}: there already, and nobody's; the stack is only observed`);
    const kept = await house.run("drift", stack);
    expect([kept.code, kept.out]).toEqual([3, expect.stringContaining(`! file.${path}  adopt`)]);
    watch.signal("SIGINT");
    const { out } = await watch.ended;
    expect(out.split("only observed").length - 1).toBe(1);
    const free = await house.run("drift", stack);
    expect([free.code, free.out]).toEqual([3, kept.out]);
    expect(readFileSync(path, "utf8")).toBe("mine");
  });
});

describe("a stack of resources that is watched", () => {
  it("says when all of them are as declared, after each change, and what becomes of them", async () => {
    const path = house.path("motd");
    const stack = await declare("shop", { file: { [path]: { content: "a" } } });
    const watch = house.start("watch", stack, "--no-follow");
    await watch.says("= shop  1 resource as declared");
    await house.write("motd", "b");
    await until(() => watch.out().split("= shop  1 resource as declared").length === 3);
    expect(readFileSync(path, "utf8")).toBe("a");
    watch.signal("SIGINT");
    const { code, out } = await watch.ended;
    expect([code, out]).toEqual([0, expect.stringContaining("The resources stay as they are")]);
    expect(out).not.toContain("No instance");
  });
});

describe("Ctrl-C while a command is run", () => {
  it("is heard at once, and the second one leaves nobody behind", async () => {
    const script = "trap '' TERM; echo $$ > pid; while :; do sleep 0.1; done";
    const command = { slow: { command: ["sh", "-c", script], cwd: house.dir, creates: house.path("made") } };
    await declare("shop", { command });
    const apply = house.start("apply", "shop.json", "--yes");
    await until(() => existsSync(house.path("pid")) && readFileSync(house.path("pid"), "utf8").endsWith("\n"));
    const pid = Number(readFileSync(house.path("pid"), "utf8"));
    apply.signal("SIGINT");
    await apply.says("Ending: what is in flight is finished first. (Ctrl-C again ends at once.)");
    process.kill(pid, 0);
    apply.signal("SIGINT");
    expect((await apply.ended).code).toBe(130);
    await until(() => !existsSync(`/proc/${pid}`));
  });
});
