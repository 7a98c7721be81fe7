import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BIN, type House, openHouse } from "./test/house.ts";

describe("the command line", () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  it.each([
    "",
    "watch",
    "serve",
    "plan",
    "apply",
    "destroy",
    "discover",
    "drift",
    "resource",
    "import",
    "types",
    "explain",
    "schema",
    "events",
    "history",
    "audit",
    "audit verify",
    "audit prune",
    "stack",
    "stack ls",
    "stack describe",
    "verify",
    "try",
    "try run",
    "try ls",
    "try show",
    "try login",
    "try logs",
    "try destroy",
    "try sweep",
    "doctor",
    "stories",
    "group",
    "group ls",
    "group describe",
    "group scale",
    "group resume",
    "group promote",
    "group revert",
    "group destroy",
    "group commit",
    "group logs",
    "image",
    "image build",
    "image ls",
    "image inspect",
    "image verify",
    "image export",
    "image diff",
    "instance",
    "instance ls",
    "instance describe",
    "instance logs",
    "instance exec",
    "instance console",
    "instance stats",
    "instance pause",
    "instance continue",
    "instance link",
    "instance trace",
    "instance core",
    "instance gdb",
    "instance snapshot",
    "instance restore",
    "image run",
    "instance replace",
    "group destroy-instance",
    "plugin",
    "plugin run",
    "plugin call",
    "dev",
    "dev digitalocean",
  ])("helps: muster %s --help", async (words) => {
    const { code, out, err } = await house.run(...words.split(" ").filter(Boolean), "--help");
    expect(out).toMatchSnapshot();
    expect(out).toContain("EXAMPLE\n  muster ");
    expect([code, err]).toEqual([0, ""]);
  });

  it("tells its version, that of its package", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect(await house.run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it.each([
    [["help"], ["--help"]],
    [
      ["help", "group", "scale"],
      ["group", "scale", "--help"],
    ],
    [["version"], ["--version"]],
  ])("takes muster %j for muster %j", async (words, same) => {
    expect(await house.run(...words)).toEqual(await house.run(...same));
  });

  it.each([
    [["gruop"], "there is no command `gruop` (did you mean `group`?)"],
    [["group", "scale", "web"], "Expected argument for size"],
    [["group", "ls", "--output", "yaml"], 'Expected "yaml" to be one of (text|json)'],
    [["group", "ls", "--colour"], "No flag registered for --colour"],
    [["group", "scale", "web", "many"], "size: `many` is no size"],
    [["group", "scale", "web", "1.5"], "size: `1.5` is no size"],
    [["watch"], "Expected at least 1 argument"],
    [["watch", "a.yaml", "--set", "dir=x"], "--set: `dir=x` sets nothing"],
    [["events", "--since", "yesterday"], "--since: `yesterday` is no time"],
    [["events", "--type", "rolout"], "--type: there is no event type `rolout` (did you mean `rollout`?)"],
    [["history"], "Expected argument for group"],
    [["audit", "verfy"], "there is no command `verfy` (did you mean `verify`?)"],
    [["plugin", "run", "instance-fill"], "`instance-fill` is not built in (did you mean `instance-file`?)"],
    [["plugin", "run", "flavor-vanilla", "--name", "group"], "--name: at `group`, `muster serve` answers InfraKit's"],
    [["plugin", "run", "./nofile.ts"], "plugin run: there is no file "],
    [["image", "run", "hello", "--within", "soon"], "--within: `soon` is no duration"],
    [
      ["image", "run", "hello", "--as", "process"],
      "--as process: a process runs beside its sources, and `hello` is no",
    ],
    [["image", "run", "hello", "--set", "vm.dir=x"], "--set: `vm.dir` cannot be set here"],
    [["image", "run", "hello", "--set", "process.dir=x"], "--set: `process.dir` cannot be set here"],
    [["image", "run", "hello", "--env", "1=x"], "--env: `1=x` sets nothing"],
    [["help", "gruop"], "there is no command `gruop`"],
    [["plugin", "call", "x", "y", "{"], "params: this is not JSON"],
  ])("refuses what it does not understand: muster %j", async (words, says) => {
    const { code, out, err } = await house.run(...words);
    expect(err).toContain(says);
    expect(err).toMatch(/^error\[usage\.[a-z-]+\]: .*\n {2}next: /);
    expect([code, out]).toEqual([2, ""]);
  });

  it("says which help to ask for", async () => {
    const { err } = await house.run("group", "scale", "web");
    expect(err).toMatch(/^error\[usage\.missing-argument\]: /);
    expect(err).toContain("next: Run `muster group scale --help`");
    const slip = await house.run("group", "scael", "web");
    expect(slip.err).toMatch(
      /^error\[usage\.unknown-command\]: there is no command `scael` \(did you mean `scale`\?\)/,
    );
    expect(slip.err).toContain("next: Run `muster group --help`");
  });

  it("gives errors as JSON where JSON is asked for", async () => {
    const { code, err } = await house.run("group", "ls", "--output", "json");
    expect(JSON.parse(err)).toEqual({
      errors: [
        {
          code: "daemon.not-running",
          message: `no Muster is running (${house.path("run/muster/muster.sock")})`,
          next: "Start one: `muster serve`, or `muster watch FILE`.",
        },
      ],
    });
    expect(code).toBe(1);
  });

  it("says plainly that a Node is too old", async () => {
    const old = await house.write(
      "old-node.cjs",
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "12.22.9" } });`,
    );
    const failed = promisify(execFile)(process.execPath, ["--require", old, BIN, "--help"]);
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^muster needs Node 24 or newer, and this is Node 12\.22\.9 .*\n {2}next: .*npm ci/,
      ),
    });
  });

  it("keeps what it compiled where only this user can write it", async () => {
    const env = { ...house.env, MUSTER_CACHE_DIR: house.path("cache") };
    await promisify(execFile)(process.execPath, [BIN, "--version"], { env });
    expect((await stat(house.path("cache/compiled"))).mode & 0o777).toBe(0o700);
  });

  it("runs without a place for what it compiled", async () => {
    const file = await house.write("a-file", "");
    const env = { ...house.env, MUSTER_CACHE_DIR: `${file}/below` };
    await expect(promisify(execFile)(process.execPath, [BIN, "--version"], { env })).resolves.toMatchObject({
      stderr: "",
    });
  });
});
