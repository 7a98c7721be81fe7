import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openFarm } from "./test/farm.ts";
import { BIN, type House, type Running, until } from "./test/house.ts";

const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"], { stdio: "ignore" }).status === 0;

/** A service that keeps cows of a plugin process, and files that have neither a console nor tools. */
describe("looking into single instances with the real command", () => {
  let house: House;
  let serve: Running;

  beforeAll(async () => {
    ({ house, serve } = await openFarm({
      barn: { size: 3, template: { cow: { name: "Bessy" } } },
      mute: { size: 1, template: { "instance-file": {} } },
    }));
  });
  afterAll(() => house.close());

  const instance = (...words: readonly string[]) => house.run("instance", ...words);
  const history = async () => (await house.run("history", "farm/barn", "--since", "1h")).out;

  describe("a console", () => {
    it("is shown as it is, or its last lines", async () => {
      for (const words of ["one", "\u001b[31mtwo"]) await instance("exec", "cow-1", "--", "moo", words);
      expect(await instance("console", "cow-1")).toEqual({ code: 0, out: "one\n\u001b[31mtwo\n", err: "" });
      expect(await instance("console", "barn/0", "-n", "1")).toMatchObject({ out: "\u001b[31mtwo\n" });
      expect(await history()).not.toContain("the console of");
    });

    it("is followed until Ctrl-C", async () => {
      const following = house.start("instance", "console", "-f", "cow-1");
      await following.says("one\n");
      await instance("exec", "cow-1", "--", "moo", "three");
      await following.says("three\n");
      following.signal("SIGINT");
      expect(await following.ended).toMatchObject({ code: 0, err: "" });
    });

    it("is typed into with what is given here, and ends with that; who did stands in the history, and never what", async () => {
      const typing = house.startReading("instance", "console", "-i", "cow-2");
      typing.child.stdin?.end("pass\u001dword");
      expect(await typing.ended).toEqual({ code: 0, out: 'heard "pass\\u001dword"\n', err: "" });
      expect(await history()).toMatch(/the console of cow-2 is typed into {2}\(user:/);
      expect(await history()).not.toContain("word");
    });

    it("is typed into and followed, until Ctrl-C", async () => {
      const typing = house.startReading("instance", "console", "-i", "-f", "cow-2", "--lines", "0");
      typing.child.stdin?.write("hay");
      await typing.says('heard "hay"\n');
      typing.child.stdin?.end("straw");
      await typing.says('heard "straw"\n');
      typing.signal("SIGINT");
      expect(await typing.ended).toMatchObject({ code: 0, err: "" });
    });
  });

  const leftOut = hasScript ? "" : " (left out: no `script` of util-linux, which gives a command a terminal)";
  describe.skipIf(!hasScript)(`a terminal${leftOut}`, () => {
    it("gives a console each key, Ctrl-C too, until Ctrl-], and is then as it was", async () => {
      const { type, shows, ended } = atTerminal(house, `${command("instance", "console", "-i", "cow-3")}; ${SETTINGS}`);
      await shows("Ctrl-] leaves it");
      for (const key of ["h", "\u0003", "\u0004"]) {
        type(key);
        await shows(`heard ${JSON.stringify(key)}`);
      }
      // Escapes that come from outside are not obeyed.
      await instance("exec", "cow-3", "--", "moo", "\u001b[31mred");
      await shows("\ufffd[31mred");
      type("\u001d");
      const { text } = await ended;
      expect(text).toMatch(/ left with 0 /);
      expect(text).toMatch(/ icanon /);
      expect(text).toMatch(/ isig /);
      expect(text).toMatch(/ echo /);
    });

    it("is as it was also when somebody ends the command, or it is refused", async () => {
      const line = `sh -c 'echo pid $$ runs; exec ${command("instance", "console", "-i", "cow-3")}'; ${SETTINGS}`;
      const { type, shows, text: sofar, ended } = atTerminal(house, line);
      type("h");
      await shows("heard");
      process.kill(Number(/pid (\d+) runs/.exec(sofar())?.[1]), "SIGTERM");
      expect((await ended).text).toMatch(/ left with 0 .* icanon .* echo /);
      const refused = atTerminal(house, `${command("instance", "console", "-i", "mute/0")}; ${SETTINGS}`);
      const { text } = await refused.ended;
      expect(text).toContain("instance.cannot");
      expect(text).toMatch(/ left with 2 /);
      expect(text).toMatch(/ icanon /);
    });

    it("is given no bytes", async () => {
      for (const tool of ["trace", "core"]) {
        const { text } = await atTerminal(house, `${command("instance", tool, "cow-1")}; ${SETTINGS}`).ended;
        expect(text).toContain(`error[usage.bytes-on-terminal]: what \`muster instance ${tool} cow-1\` gives`);
        expect(text).toMatch(/ left with 2 /);
      }
    });
  });

  describe("a tool", () => {
    it("tells what it did in a sentence, or as JSON, and who asked stands in the history", async () => {
      expect(await instance("pause", "barn/0")).toEqual({ code: 0, out: "farm/barn: cow-1 is paused\n", err: "" });
      expect(await instance("continue", "cow-1")).toMatchObject({ out: "farm/barn: cow-1 goes on\n" });
      expect(await instance("link", "cow-1", "down")).toMatchObject({ out: "farm/barn: cow-1 has its cable out\n" });
      expect(await instance("link", "cow-1", "up")).toMatchObject({ out: "farm/barn: cow-1 has its cable in\n" });
      const kept = await instance("snapshot", "cow-1", "before", "--output", "json");
      expect(JSON.parse(kept.out)).toEqual({
        ...{ stack: "farm", group: "barn", instance: "cow-1", tool: "snapshot", argument: "before" },
      });
      const told = await history();
      for (const words of ["pause", "continue", "link down", "link up", "snapshot before"]) {
        expect(told).toMatch(new RegExp(`\`${words}\` is asked of cow-1 {2}\\(user:`));
      }
    });

    it("tells what an instance uses: as a table, or the object", async () => {
      const { code, out } = await instance("stats", "cow-1");
      expect(out).toMatch(/^NAME +VALUE\nsaid +\d+\nlegs +4\n$/);
      expect(code).toBe(0);
      const { out: json } = await instance("stats", "cow-1", "--output", "json");
      expect(JSON.parse(json)).toEqual({ said: expect.any(Number), legs: 4 });
    });

    it("gives up one that tells without end what it uses", async () => {
      await instance("exec", "cow-3", "--", "moo", "stats", "without", "end");
      const { code, out, err } = await instance("stats", "cow-3");
      expect(err).toContain(
        "error[instance.failed]: stats of instance `cow-3` failed: it gives more than 1048576 bytes",
      );
      expect([code, out]).toEqual([1, ""]);
    });

    it("tells what to type for a debugger", async () => {
      expect(await instance("gdb", "cow-1")).toEqual({
        ...{ code: 0, out: "gdb -ex 'target remote /run/cow'\n", err: "" },
      });
    });

    it.each([
      [["restore", "cow-1", "before"], "instance.cannot", "cow has no restore (its tools are pause, continue, stats"],
      [["pause", "mute/0"], "instance.cannot", "instance-file has no pause: instance"],
      [["console", "mute/0"], "instance.cannot", "instance-file has no console"],
      [["link", "cow-1", "sideways"], "instance.refused", "link takes `up` or `down`"],
      [["link", "cow-1"], "usage.missing-argument", "Expected argument for up|down"],
      [["snapshot", "cow-1", ".hidden"], "instance.refused", "snapshot takes a name"],
      [["trace", "cow-1", "--for", "long"], "usage.bad-value", "`long` is no duration"],
      [["stats", "cow-9"], "instance.unknown", "there is no instance `cow-9`"],
    ])("refuses what cannot be: muster instance %j", async (words, error, says) => {
      const { code, out, err } = await instance(...words);
      expect(err).toContain(`error[${error}]: `);
      expect(err).toContain(says);
      expect([code, out]).toEqual([2, ""]);
    });

    it("that failed says why", async () => {
      const { code, out, err } = await instance("snapshot", "cow-1", "full");
      expect(err).toMatch(/^error\[instance\.failed\]: snapshot of instance `cow-1` failed: .*the barn is full/);
      expect([code, out]).toEqual([1, ""]);
    });
  });

  describe("what a tool gives", () => {
    it("goes to standard output byte for byte, or into a file of this user's alone", async () => {
      expect(await instance("core", "cow-1")).toEqual({ code: 0, out: "\u007fELF", err: "" });
      expect(await instance("core", "cow-1", "--out", "cow.core")).toEqual({
        code: 0,
        out: "cow.core: 4 bytes\n",
        err: "",
      });
      expect(await readFile(house.path("cow.core"), "latin1")).toBe("\u007fELF");
      expect((await stat(house.path("cow.core"))).mode & 0o777).toBe(0o600);
    });

    it("comes of a trace until Ctrl-C, and that is its end", async () => {
      const tracing = house.start("instance", "trace", "cow-1", "--out", "cow.pcap");
      await until(() => existsWith(house.path("cow.pcap"), "trace of "));
      await instance("exec", "cow-1", "--", "moo", "hello");
      await until(() => existsWith(house.path("cow.pcap"), "trace of hello\n"));
      tracing.signal("SIGINT");
      expect(await tracing.ended).toEqual({ code: 0, out: "cow.pcap: 15 bytes\n", err: "" });
      expect(await readFile(house.path("cow.pcap"), "utf8")).toBe("trace of hello\n");
    });

    it("comes of a trace for as long as it is told to", async () => {
      expect(await instance("trace", "cow-1", "--for", "1s")).toEqual({ code: 0, out: "trace of ", err: "" });
    });

    it("never goes over a file that is there, unless by force", async () => {
      await writeFile(house.path("old"), "old", { mode: 0o644 });
      const refused = await instance("core", "cow-1", "--out", "old");
      expect(refused.err).toMatch(/^error\[usage\.file-there\]: there is a file old already\n {2}next: .*`--force`/);
      expect(refused.code).toBe(2);
      expect(await readFile(house.path("old"), "utf8")).toBe("old");
      expect(await instance("core", "cow-1", "--out", "old", "--force")).toMatchObject({ code: 0 });
      expect(await readFile(house.path("old"), "latin1")).toBe("\u007fELF");
      expect((await stat(house.path("old"))).mode & 0o777).toBe(0o600);
    });

    it("leaves a file that is there alone where the tool is refused, also by force", async () => {
      await writeFile(house.path("kept"), "old");
      expect(await instance("core", "mute/0", "--out", "kept", "--force")).toMatchObject({ code: 2 });
      expect(await readFile(house.path("kept"), "utf8")).toBe("old");
    });

    it("goes to no place where no file can be made, and over nothing that is no file; nothing is asked then", async () => {
      await mkdir(house.path("folder"));
      await symlink("nowhere", house.path("link"));
      for (const out of ["no/such/folder/core", "folder"]) {
        expect(await instance("core", "cow-1", "--out", out)).toMatchObject({ code: 2 });
      }
      for (const out of ["folder", "link", "/dev/null"]) {
        const { code, err } = await instance("core", "cow-1", "--out", out, "--force");
        expect(err).toMatch(/^error\[usage\.bad-value\]: --out: .* is there, and is no plain file\n/);
        expect(code).toBe(2);
      }
    });

    it("leaves no file where it failed in the middle, and where Ctrl-C ended what was not whole", async () => {
      await instance("exec", "cow-2", "--", "moo", "core fails");
      const failed = await instance("core", "cow-2", "--out", "half.core");
      expect(failed.err).toMatch(/^error\[instance\.failed\]: core of instance `cow-2` failed: /);
      expect(failed.code).toBe(1);
      await expect(stat(house.path("half.core"))).rejects.toMatchObject({ code: "ENOENT" });
      await instance("exec", "cow-3", "--", "moo", "core slowly");
      const slow = house.start("instance", "core", "cow-3", "--out", "slow.core");
      await until(() => existsWith(house.path("slow.core"), "ELF"));
      slow.signal("SIGINT");
      expect(await slow.ended).toEqual({ code: 130, out: "", err: "" });
      await expect(stat(house.path("slow.core"))).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("is no whole one where the service goes away", async () => {
      const tracing = house.start("instance", "trace", "cow-1", "--out", "lost.pcap");
      await until(() => existsWith(house.path("lost.pcap"), "trace of "));
      serve.signal("SIGKILL");
      const { code, err } = await tracing.ended;
      expect(err).toMatch(/^error\[instance\.failed\]: trace of instance `cow-1` failed: the stream broke off/);
      expect(code).toBe(1);
      await expect(stat(house.path("lost.pcap"))).rejects.toMatchObject({ code: "ENOENT" });
    });
  });
});

function existsWith(path: string, words: string): boolean {
  return existsSync(path) && readFileSync(path, "latin1").includes(words);
}

/** How the terminal is, and what the command before ended with, each word between blanks. */
const SETTINGS = "echo \" left with $? $(stty -a | tr '\\n;' '  ') \"";

function command(...words: readonly string[]): string {
  return [process.execPath, BIN, ...words].join(" ");
}

/** Runs a line of shell at a terminal of its own. */
function atTerminal({ dir, env }: House, line: string) {
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    cwd: dir,
    env: { ...env, SHELL: "/bin/sh", NO_COLOR: "1" },
  });
  onTestFinished(() => void child.kill());
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => (text += part));
  return {
    type: (keys: string) => void child.stdin.write(keys),
    shows: (words: string) =>
      until(
        () => text.includes(words),
        () => text,
      ),
    text: () => text,
    ended: once(child, "close").then(() => ({ text })),
  };
}
