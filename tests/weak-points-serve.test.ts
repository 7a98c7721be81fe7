/** The weak points of InfraKit's that concern the process that serves, on the real command. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";

const BIN = join(import.meta.dirname, "../packages/cli/bin/muster.js");
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "muster-weak-"));
  cleanUps.push(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, "run/muster/plugins"), { recursive: true, mode: 0o700 });
  return home;
}

async function serve(home: string): Promise<ChildProcess> {
  const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: join(home, "run") };
  const child = spawn(process.execPath, [BIN, "serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  cleanUps.push(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const [first] = await once(child.stdout, "data");
  expect(String(first)).toContain("serving at");
  return child;
}

it("weak point 15: listens nowhere but on unix sockets", async () => {
  const child = await serve(newHome());
  const sockets = readdirSync(`/proc/${child.pid}/fd`)
    .map((fd) => linkOf(`/proc/${child.pid}/fd/${fd}`))
    .flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
  const internet = ["tcp", "tcp6", "udp", "udp6"].flatMap((table) =>
    readFileSync(`/proc/${child.pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .flatMap((line) => line.trim().split(/\s+/)[9] ?? []),
  );
  expect(sockets.length).toBeGreaterThan(0);
  expect(sockets.filter((inode) => internet.includes(inode))).toEqual([]);
});

it("weak point 16: starts over stale sockets and pid files, of its own and of plugins", async () => {
  const home = newHome();
  const runtime = join(home, "run/muster");
  for (const path of ["muster.sock", "plugins/group", "plugins/instance-file"]) await leaveStale(join(runtime, path));
  writeFileSync(join(runtime, "plugins/instance-file.pid"), "1");
  writeFileSync(join(runtime, "muster.pid"), "1");
  const child = await serve(home);
  expect(child.exitCode).toBeNull();
});

/** A file descriptor may be closed while it is looked at. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** A socket that nobody listens at any more: what a process leaves that was killed. */
async function leaveStale(path: string): Promise<void> {
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", script]), "exit");
  const probe = createServer();
  probe.listen(path);
  const [error] = await once(probe, "error");
  expect(error).toMatchObject({ code: "EADDRINUSE" });
}
