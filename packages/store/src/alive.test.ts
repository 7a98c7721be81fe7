import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isAlive, thisProcess } from "./alive.ts";
import type { Holder } from "./contract.ts";

let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "alive-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  rmSync(directory, { recursive: true });
});

/** Runs a program and waits for its first line. */
async function start(program: string, ...args: string[]): Promise<{ child: ChildProcess; pid: number; line: string }> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [line] = await once(createInterface(child.stdout), "line");
  if (child.pid === undefined) throw new Error("a program that wrote a line has a pid");
  return { child, pid: child.pid, line: String(line) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

const WAITS = "console.log('here'); setInterval(() => {}, 1000)";

/** The holder that a process of this machine would be. */
function holderOf(pid: number, socket = ""): Holder {
  const [, fields = ""] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  return { ...thisProcess(socket, "serve"), pid, started: fields.split(" ")[19] ?? "" };
}

describe.runIf(existsSync("/proc/self/stat"))("a holder in the same pid namespace", () => {
  it("is this process, alive", async () => {
    const holder = thisProcess("/run/x.sock", "watch shop.yaml");
    expect(holder).toMatchObject({ pid: process.pid, socket: "/run/x.sock", command: "watch shop.yaml" });
    expect(holder.started).toMatch(/^\d+$/);
    expect(holder.boot).toMatch(/^[0-9a-f-]{36}$/);
    expect(holder.namespace).toMatch(/^pid:\[\d+\]$/);
    expect(await isAlive(holder)).toBe(true);
  });

  it("is dead once its process has ended", async () => {
    const { child, pid } = await start(process.execPath, "-e", WAITS);
    const holder = holderOf(pid);
    expect(await isAlive(holder)).toBe(true);
    await end(child);
    expect(await isAlive(holder)).toBe(false);
  });

  it("is dead when a later process has its pid", async () => {
    const holder = thisProcess("", "serve");
    expect(await isAlive({ ...holder, started: String(Number(holder.started) - 1) })).toBe(false);
  });

  it("is known under a program's name with spaces and parentheses", async () => {
    const { pid } = await start(process.execPath, "-e", `process.title = "a) Z 1 (b c"; ${WAITS}`);
    expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toContain("(a) Z 1 (b c)");
    const holder = holderOf(pid);
    expect(await isAlive(holder)).toBe(true);
    expect(await isAlive({ ...holder, started: "1" })).toBe(false);
  });

  it("is dead as a zombie", async () => {
    // A parent that is stuck does not collect its child.
    const parent = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", ""]);
      console.log(child.pid);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
    const pid = Number((await start(process.execPath, "-e", parent)).line);
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z "), 10_000);
    expect(await isAlive(holderOf(pid))).toBe(false);
  });

  it("is dead when it is of another boot, whoever has its pid and socket now", async () => {
    const socket = await listening();
    expect(await isAlive({ ...thisProcess(socket, "serve"), boot: "another" })).toBe(false);
  });
});

/** A socket that somebody answers on until the test ends. */
async function listening(): Promise<string> {
  const socket = join(directory, "answers.sock");
  const { line } = await start(
    process.execPath,
    "-e",
    `require("node:net").createServer().listen(${JSON.stringify(socket)}, () => console.log("here"))`,
  );
  expect(line).toBe("here");
  return socket;
}

describe.each<[string, (socket: string) => [Holder, string?]]>([
  ["in another pid namespace", (socket) => [{ ...thisProcess(socket, "serve"), namespace: "pid:[1]" }]],
  ["where the kernel shows no processes", (socket) => [thisProcess(socket, "serve", "/nowhere"), "/nowhere"]],
  ["that could not be seen when it was written down", (socket) => [thisProcess(socket, "serve", "/nowhere")]],
])("a holder %s", (_, holder) => {
  it("is alive while its socket accepts connections", async () => {
    expect(await isAlive(...holder(await listening()))).toBe(true);
  });

  it("is dead when it left its socket behind", async () => {
    const socket = await listening();
    await Promise.all(children.map(end));
    expect(existsSync(socket)).toBe(true);
    expect(await isAlive(...holder(socket))).toBe(false);
  });

  it("is dead when there is no socket, or something else in its place", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    for (const path of [
      join(directory, "missing.sock"),
      file,
      join(file, "below"),
      join(directory, "x".repeat(200)),
      "",
    ]) {
      expect(await isAlive(...holder(path)), path).toBe(false);
    }
  });

  it("is alive when it is too busy to accept", async () => {
    const socket = join(directory, "stuck.sock");
    const stuck = `
      const server = require("node:net").createServer();
      server.listen({ path: ${JSON.stringify(socket)}, backlog: 1 }, () => {
        console.log("here");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`;
    await start(process.execPath, "-e", stuck);
    // More than the kernel keeps waiting: some are turned away, and all the same somebody is there.
    const asked = Array.from({ length: 5 }, () => isAlive(...holder(socket)));
    expect(await Promise.all(asked)).toEqual([true, true, true, true, true]);
  });
});
