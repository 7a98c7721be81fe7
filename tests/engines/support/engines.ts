/** Real engines, each with a home of its own below a folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface RunningEngine {
  readonly socket: string;
  /** Ends it politely. */
  stop(): Promise<void>;
  /** Ends it with -9; its containers are not asked. */
  kill(): Promise<void>;
}

interface DockerOptions {
  /** Without networks, and out of sight of those of others: an engine clears away what it finds of its own kind. */
  readonly isolated?: boolean;
}

/** A Docker Engine whose containers outlive it. */
export async function startDocker(home: string, { isolated = false }: DockerOptions = {}): Promise<RunningEngine> {
  try {
    return await docker(home, "overlay2", isolated);
  } catch {
    // Not every file system can be laid over another.
    return await docker(home, "vfs", isolated);
  }
}

function docker(home: string, storage: string, isolated: boolean): Promise<RunningEngine> {
  const socket = join(home, "engine.sock");
  const places = ["--data-root", join(home, "data"), "--exec-root", join(home, "exec"), "--pidfile", join(home, "pid")];
  const nature = ["--host", `unix://${socket}`, "--storage-driver", storage, "--live-restore"];
  const args = [...places, ...nature];
  if (!isolated) return started(home, socket, "dockerd", args);
  return started(home, socket, "unshare", ["--net", "dockerd", ...args, "--bridge", "none", "--iptables=false"]);
}

export async function startPodman(home: string): Promise<RunningEngine> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const socket = join(home, "engine.sock");
  const settings = join(home, "containers.conf");
  // It would raise these limits above what a house within a house may.
  const containers = '[containers]\ndefault_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]\n';
  writeFileSync(settings, `${containers}[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`);
  const places = ["--root", join(home, "data"), "--runroot", join(home, "run"), "--tmpdir", join(home, "tmp")];
  const service = ["system", "service", "--time", "0", `unix://${socket}`];
  const env = { CONTAINERS_CONF: settings };
  return started(home, socket, "podman", [...places, "--cgroup-manager", "cgroupfs", ...service], env);
}

const PATH = `${process.env["PATH"]}:/usr/sbin:/sbin`;

async function started(
  home: string,
  socket: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningEngine> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const log = join(home, "log");
  const output = openSync(log, "a", 0o600);
  // Podman's monitors leave a file where they stand when memory runs out.
  const place = { cwd: home, env: { ...process.env, PATH, ...env } };
  const child = spawn(command, args, { ...place, stdio: ["ignore", output, output] });
  await answering(socket, child, log);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  };
  return { socket, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

const PATIENCE_MS = 30_000;

async function answering(socket: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (await answers(socket)) return;
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${child.spawnfile} does not answer:\n${readFileSync(log, "utf8").slice(-2_000)}`);
    }
    await sleep(50);
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path: "/_ping", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
