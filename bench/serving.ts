import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf } from "./keeping.ts";

export const BIN = join(import.meta.dirname, "../packages/cli/bin/muster.js");

/** A home of its own, so that nothing of the person's is touched and caches are warm only from here. */
export function environment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, "run"),
    MUSTER_STATE_DIR: join(folder, "state"),
  };
}

export interface Serving {
  readonly pid: number;
  end(): Promise<void>;
}

/** `muster serve` with one converged group of so many instance files, as a process of its own. */
export async function startServing(folder: string, size: number): Promise<Serving> {
  mkdirSync(join(folder, "run"), { mode: 0o700, recursive: true });
  const child = spawn(process.execPath, [BIN, "serve"], {
    env: environment(folder),
    stdio: ["ignore", "pipe", "inherit"],
  });
  await saysSomething(child);
  const stack = join(folder, "bench.json");
  writeFileSync(stack, JSON.stringify(documentOf(size).data));
  const applied = spawnSync(process.execPath, [BIN, "apply", stack, "--yes"], {
    env: environment(folder),
    encoding: "utf8",
  });
  if (applied.status !== 0) throw new Error(`apply ended with ${applied.status}: ${applied.stderr}`);
  return { pid: child.pid ?? 0, end: () => endOf(child) };
}

async function saysSomething(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("serve has no output");
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`serve ended with ${code}`))),
  ]);
  child.stdout.resume();
}

async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
