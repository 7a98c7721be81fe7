import { open } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFarm } from "./test/farm.ts";
import { type House, type Running, until } from "./test/house.ts";

/** A service that keeps cows of a plugin process, and files that can tell nothing. Each step goes on from the one before. */
describe("single instances, on the real command", () => {
  let house: House;
  let serve: Running;

  beforeAll(async () => {
    ({ house, serve } = await openFarm({
      barn: { size: 2, template: { cow: { name: "Bessy" } } },
      mute: { size: 1, template: { "instance-file": {} } },
    }));
  });
  afterAll(() => house.close());

  const instance = (...words: readonly string[]) => house.run("instance", ...words);

  it("are listed, of a group or of all", async () => {
    const { code, out, err } = await instance("ls");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^INSTANCE +GROUP +SLOT +STATE +AGE +REASON$/m);
    expect(out).toMatch(/^cow-1 +farm\/barn +0 +ready +\d+s$/m);
    expect(out).toMatch(/^instance-\d+ +farm\/mute +0 +ready/m);
    const listed = JSON.parse((await instance("ls", "barn", "--output", "json")).out);
    expect(listed).toMatchObject([
      { stack: "farm", group: "barn", type: "cow", id: "cow-1", slot: "0", state: "ready" },
      { id: "cow-2", slot: "1" },
    ]);
  });

  it("are described with all that is known of them", async () => {
    const { out } = await instance("describe", "barn/1");
    for (const line of [
      /^instance +cow-2$/m,
      /^type +cow$/m,
      /^state +ready$/m,
      /^phase +running$/m,
      /^name +Bessy$/m,
    ]) {
      expect(out).toMatch(line);
    }
    expect(out).toMatch(/^muster\.owner +barn$/m);
    const described = JSON.parse((await instance("describe", "farm/barn/1", "--output", "json")).out);
    expect(described).toMatchObject({ id: "cow-2", group: "barn", seen: { properties: { name: "Bessy" } } });
  });

  it("run a command: what it prints, on both streams, and its exit code are the command's", async () => {
    expect(await instance("exec", "cow-1", "--", "sh", "-c", "echo out; echo err >&2; exit 126")).toEqual({
      ...{ code: 126, out: "out\n", err: "err\n" },
    });
    expect(await instance("exec", "barn/0", "--", "sh", "-c", "kill -9 $$")).toMatchObject({ code: 137, err: "" });
    expect(await instance("exec", "cow-1", "--", "echo", "--output", "json", "$HOME")).toEqual({
      ...{ code: 0, out: "--output json $HOME\n", err: "" },
    });
  });

  it("give a command what it is to read, and only where that is asked for", async () => {
    const lines = Array.from({ length: 200_000 }, (_, line) => `line ${line}\n`).join("");
    const whole = house.startReading("instance", "exec", "-i", "cow-1", "--", "sh", "-c", "cat; echo done >&2");
    whole.child.stdin?.end(lines);
    const { code, out, err } = await whole.ended;
    expect([code, err, out.length, out === lines]).toEqual([0, "done\n", lines.length, true]);
    const silent = house.startReading("instance", "exec", "cow-1", "--", "cat");
    expect(await silent.ended).toEqual({ code: 0, out: "", err: "" });
  });

  it("end with a command that does not read all of what it is given", async () => {
    const idle = house.startReading("instance", "exec", "--input", "cow-1", "--", "sh", "-c", "read line; echo $line");
    idle.child.stdin?.write("first\n");
    expect(await idle.ended).toEqual({ code: 0, out: "first\n", err: "" });
    const flooded = house.startReading("instance", "exec", "-i", "cow-1", "--", "sh", "-c", "exit 3");
    flooded.child.stdin?.on("error", () => undefined);
    flooded.child.stdin?.write(Buffer.alloc(8 * 1024 * 1024, "x"));
    expect(await flooded.ended).toMatchObject({ code: 3, err: "" });
    const refused = house.startReading("instance", "exec", "-i", "mute/0", "--", "cat");
    refused.child.stdin?.on("error", () => undefined);
    refused.child.stdin?.write(Buffer.alloc(8 * 1024 * 1024, "x"));
    expect(await refused.ended).toMatchObject({ code: 2, err: expect.stringContaining("instance.cannot") });
  });

  it("say of an input that cannot be read that it is the input", async () => {
    // It opens, and its first byte is nowhere.
    await using unreadable = await open("/proc/self/mem");
    const asked = house.startFrom(unreadable.fd, "instance", "exec", "-i", "cow-1", "--", "cat");
    const { code, err } = await asked.ended;
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("error[instance.failed]: exec of instance `cow-1` failed"),
    ]);
    expect(err).toContain("what it was given cannot be read: EIO");
  });

  it("end a command with Ctrl-C", async () => {
    const script = "process.stdout.write(`${process.pid} runs\\n`); setInterval(() => 0, 1000)";
    const running = house.start("instance", "exec", "cow-1", "--", process.execPath, "-e", script);
    await running.says("runs");
    const pid = Number.parseInt(running.out(), 10);
    running.signal("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130, err: "" });
    await until(() => !isAlive(pid));
  });

  it("tell what they have printed, byte for byte", async () => {
    for (const words of ["one", "two", "\u001b[31mthree"]) await instance("exec", "cow-1", "--", "moo", words);
    expect(await instance("logs", "cow-1")).toEqual({ code: 0, out: "one\ntwo\n\u001b[31mthree\n", err: "" });
    expect(await instance("logs", "barn/0", "-n", "1")).toMatchObject({ out: "\u001b[31mthree\n" });
  });

  it("are followed until Ctrl-C", async () => {
    const following = house.start("instance", "logs", "-f", "cow-2");
    await instance("exec", "cow-2", "--", "moo", "hello");
    await following.says("hello\n");
    following.signal("SIGINT");
    expect(await following.ended).toMatchObject({ code: 0, err: "" });
  });

  it("are heard all together, each line behind its member's name, also of those that come later", async () => {
    const { out } = await house.run("group", "logs", "barn", "--lines", "1");
    expect(out.split("\n").toSorted()).toEqual(["", "barn/0  \u001b[31mthree", "barn/1  hello"]);
    const following = house.start("group", "logs", "barn", "--follow", "--lines", "1");
    await following.says("barn/1  hello\n");
    await house.run("group", "scale", "barn", "3");
    await until(() => /created cow-3/.test(serve.out()), serve.out);
    await instance("exec", "cow-3", "--", "moo", "new here");
    await following.says("barn/2  new here\n");
    await instance("exec", "cow-1", "--", "moo", "old here");
    await following.says("barn/0  old here\n");
    following.signal("SIGINT");
    expect(await following.ended).toMatchObject({ code: 0, err: "" });
  });

  it("are replaced by equal ones, and who asked stands in the history", async () => {
    const { code, out } = await instance("replace", "cow-1");
    expect([code, out]).toEqual([0, "farm/barn: cow-1 gets an equal one in its place\n"]);
    await until(() => /destroyed cow-1/.test(serve.out()), serve.out);
    const ids = JSON.parse((await instance("ls", "barn", "--output", "json")).out).map(({ id }: { id: string }) => id);
    expect(ids.toSorted()).toEqual(["cow-2", "cow-3", "cow-4"]);
    const history = (await house.run("history", "farm/barn", "--since", "1h")).out;
    expect(history).toContain("cow-1 is to be replaced  (user:");
    expect(history).toMatch(/`moo` is run in cow-1, with 1 argument {2}\(user:/);
    expect(history).not.toContain("old here");
  });

  it("are not replaced while nothing may be changed, unless by force", async () => {
    await house.run("group", "pause", "barn");
    const { code, err } = await instance("replace", "cow-2");
    expect(err).toMatch(
      /^error\[instance\.irreplaceable\]: instance `cow-2` cannot be replaced now: the group is paused/,
    );
    expect(code).toBe(2);
    expect(await instance("replace", "cow-2", "--force")).toMatchObject({ code: 0, err: "" });
    await until(() => /destroyed cow-2/.test(serve.out()), serve.out);
    await house.run("group", "resume", "barn");
  });

  it.each([
    [["logs", "cow-9"], "instance.unknown", "there is no instance `cow-9` (did you mean"],
    [["describe", "cow-"], "instance.ambiguous", "more than one instance is called `cow-`: cow-"],
    [["logs", "mute/0"], "instance.cannot", "instance-file has no logs"],
    [["exec", "mute/0", "--", "ls"], "instance.cannot", "instance-file has no exec"],
    [["exec", "barn/2", "--", "/no/such/command"], "instance.refused", "ENOENT"],
    [["exec", "barn/2"], "usage.missing-argument", "Expected at least 2 argument"],
    [["logs", "barn/2", "--lines", "many"], "usage.bad-value", "`many` is no number of lines"],
  ])("refuse what cannot be: muster instance %j", async (words, error, says) => {
    const { code, out, err } = await instance(...words);
    expect(err).toContain(`error[${error}]: `);
    expect(err).toContain(says);
    expect([code, out]).toEqual([2, ""]);
  });

  it("do not take for the end what is none: the service goes away", async () => {
    const following = house.start("instance", "logs", "-f", "barn/2");
    await instance("exec", "barn/2", "--", "moo", "still here");
    await following.says("still here");
    serve.signal("SIGKILL");
    const { code, err } = await following.ended;
    expect(err).toMatch(/^error\[instance\.failed\]: logs of instance `cow-\d` failed: the stream broke off/);
    expect(code).toBe(1);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
