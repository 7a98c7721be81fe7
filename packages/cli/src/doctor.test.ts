import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stateDirectory, storePath } from "@muster/store";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { leaveSocket } from "./test/dead-socket.ts";
import { type Ended, type House, openHouse, walkthrough } from "./test/house.ts";
import { created, declared, record } from "./test/recorded.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const doctor = (...words: readonly string[]) => house.run("doctor", ...words);

/** The lines that tell of a question: its verdict and title, then why, and what to do. */
function linesOf({ out }: Ended, title: string): readonly string[] {
  const lines = out.split("\n");
  const from = lines.findIndex((line) => line.includes(title));
  const more = lines.slice(from + 1).findIndex((line) => !line.startsWith(" ".repeat(11)));
  return from === -1 ? [] : lines.slice(from, from + 1 + more).map((line) => line.trim());
}

const runtime = (...names: readonly string[]) => join(house.path("run"), "muster", ...names);

describe("muster doctor", () => {
  it("finds a machine ready on which nothing was made yet, and makes nothing", async () => {
    const { code, out, err } = await doctor();
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`  pass     the directory of the state can be made: ${stateDirectory(house.env)}\n`);
    expect(out).toContain(`  pass     the directory of the plugins can be made: ${runtime("plugins")}\n`);
    expect(out).toMatch(/\nready: \d+ pass, 0 fail, 0 unknown, \d+ without\n$/);
    expect([await readdir(house.dir), await readdir(house.path("run"))]).toEqual([["run"], []]);
  });

  it("finds one ready on which a Muster runs, with its store, its sockets and its plugins", async () => {
    const plugin = house.start("plugin", "run", "flavor-vanilla");
    await plugin.says("serves the flavor vanilla");
    const file = await house.write("garethr.json", walkthrough(1));
    const watch = house.start("watch", file, "--set", `instance-file.dir=${house.instances}`);
    await watch.says("1 of 1 as declared");
    const ended = await doctor();
    expect(ended.code, ended.out).toBe(0);
    const [socket, title] = [runtime("stack-garethr.sock"), "the newest 100 events of each stack are what was written"];
    expect(linesOf(ended, title)).toEqual([`pass     the store opens, and ${title}`]);
    expect(linesOf(ended, `somebody answers at ${socket}`)).toEqual([`pass     somebody answers at ${socket}`]);
    const answers = "plugin flavor-vanilla answers, in a version that is understood";
    expect(linesOf(ended, answers)).toEqual([`pass     ${answers}`]);
    await chmod(socket, 0o666);
    const open = await doctor();
    expect([open.code, linesOf(open, `the socket ${socket} is closed`).at(-1)]).toEqual([
      ...[1, `next: chmod 600 ${socket}`],
    ]);
  });

  it("fails a directory that is open to others, and says how it is closed", async () => {
    const state = stateDirectory(house.env);
    await mkdir(state, { recursive: true });
    await chmod(state, 0o755);
    const ended = await doctor();
    expect(ended.code).toBe(1);
    expect(linesOf(ended, "the directory of the state")).toEqual([
      "fail     the directory of the state is yours, and closed to others",
      'mode: expected matches /00$/, found "0755"',
      `next: chmod 700 ${state}; where it is somebody else's, set MUSTER_STATE_DIR to one that can be`,
    ]);
    expect(ended.out).toMatch(/\nnot ready: \d+ pass, 1 fail, /);
  });

  it("fails a directory that cannot be made", async () => {
    await writeFile(house.path("file"), "");
    house.env["MUSTER_STATE_DIR"] = house.path("file/below");
    const ended = await doctor();
    expect(ended.code).toBe(1);
    expect(linesOf(ended, "the directory of the state can be made")).toContain(
      `writable: expected true, found ${house.path("file")} is a file`,
    );
  });

  it("tells of a socket that was left behind, which is harmless", async () => {
    const [socket, plugin] = [runtime("muster.sock"), runtime("plugins", "note")];
    await mkdir(dirname(plugin), { recursive: true, mode: 0o700 });
    await chmod(runtime(), 0o700);
    for (const path of [socket, plugin]) await leaveSocket(path);
    const ended = await doctor();
    expect(ended.code, ended.out).toBe(0);
    expect(linesOf(ended, `somebody answers at ${socket}`)).toEqual([
      `without  somebody answers at ${socket}`,
      `reachable: expected true, found false: http://localhost/v1/ping at ${socket} refused the connection`,
      `next: rm ${socket}, where nothing else runs that made it: it was left behind, and is harmless`,
    ]);
    const [verdict, why] = linesOf(ended, "plugin note answers");
    expect([verdict?.slice(0, 7), why]).toEqual(["without", expect.stringContaining("stale")]);
  });

  it("fails a history that is not what was written", async () => {
    await record(house, Date.now(), [declared(1), created("i-1")]);
    const db = new DatabaseSync(storePath(house.env));
    db.exec(`UPDATE events SET body = replace(body, '"i-1"', '"i-9"')`);
    db.close();
    const ended = await doctor();
    expect(ended.code).toBe(1);
    // In its own lines, as whoever asks that command sees them.
    const told = linesOf(ended, "the store opens").map((line) => line.trim());
    expect(told).toEqual(expect.arrayContaining([expect.stringMatching(/^error\[history.broken\]/)]));
    expect(told.filter((line) => line.startsWith("next: "))).toHaveLength(2);
  });

  it("looks for programs where Muster would, and tells what only needs them", async () => {
    const bin = house.path("bin");
    await mkdir(bin);
    await symlink("/bin/sh", join(bin, "sh"));
    house.env["PATH"] = bin;
    const ended = await doctor();
    expect(ended.code, ended.out).toBe(0);
    expect(linesOf(ended, "there is QEMU")).toEqual([
      ...["without  there is QEMU", "exists: expected true, found false"],
      "next: Debian: apt-get install qemu-system-x86",
    ]);
    await writeFile(join(bin, "qemu-system-x86_64"), "#!/bin/sh\n", { mode: 0o755 });
    expect(linesOf(await doctor(), "there is QEMU")).toEqual(["pass     there is QEMU"]);
  });

  it("says that nobody could tell where there is no shell to ask", async () => {
    house.env["PATH"] = house.path("nowhere");
    const ended = await doctor();
    expect(ended.code).toBe(4);
    expect(linesOf(ended, "Node is 24 or newer")).toEqual([
      ...["unknown  Node is 24 or newer", "stdout: could not be told: there is no program sh"],
      "next: in a clone `npm ci` brings the right one; elsewhere install it from https://nodejs.org/",
    ]);
    expect(ended.out).toMatch(/\nready as far as can be told: \d+ pass, 0 fail, /);
  });

  it("waits for no engine that hangs, and understands no engine over TCP", async () => {
    const socket = house.path("docker.sock");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    house.env["DOCKER_HOST"] = `unix://${socket}`;
    const ended = await doctor();
    expect(ended.code).toBe(0);
    expect(linesOf(ended, `the engine answers at ${socket}`)[1]).toBe(
      `status: expected 200, found http://localhost/_ping at ${socket} did not answer within 5s`,
    );
    house.env["DOCKER_HOST"] = "tcp://10.0.0.1:2375";
    expect(linesOf(await doctor(), "the engine answers").at(-1)).toBe("next: DOCKER_HOST must be unix:///PATH");
  });

  it("prints in every form, and shows no token in any", async () => {
    const token = "dop_v1_0123456789abcdef";
    house.env["DIGITALOCEAN_TOKEN"] = token;
    house.env["PATH"] = house.path("none");
    await mkdir(house.path("none"));
    await symlink("/bin/sh", house.path("none/sh"));
    for (const form of ["text", "tap", "junit", "json", "prometheus"]) {
      const { code, out, err } = await doctor("--output", form);
      expect([code, err], form).toEqual([0, ""]);
      expect(out).toContain("a token of DigitalOcean's is set");
      expect(out).not.toContain(token);
      if (form === "tap") expect(out).toMatch(/^not ok \d+ - there is QEMU .*# TODO it need not hold$/m);
      if (form === "junit") expect(out).toMatch(/failures="0" errors="0" skipped="\d+"/);
      if (form === "json") {
        const { counts, parts } = JSON.parse(out);
        expect(counts).toMatchObject({ fail: 0, unknown: 0 });
        expect(parts.map(({ always }: { always: boolean }) => always).slice(0, 3)).toEqual([true, true, false]);
      }
    }
  });
});
