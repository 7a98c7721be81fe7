/** A home of its own for the real command, run as a person's shell would run it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

export const BIN = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that goes on until it is told to end. */
export interface Running {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves when it has printed this. */
  says(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface House {
  readonly dir: string;
  readonly instances: string;
  readonly env: NodeJS.ProcessEnv;
  path(name: string): string;
  write(name: string, content: string | object): Promise<string>;
  /** Runs to its end. */
  run(...words: readonly string[]): Promise<Ended>;
  start(...words: readonly string[]): Running;
  /** As `start`, and it reads what is written to `child.stdin`. */
  startReading(...words: readonly string[]): Running;
  /** As `start`, and it reads what is open there. */
  startFrom(descriptor: number, ...words: readonly string[]): Running;
  /** The files of instances that are there. */
  files(): readonly string[];
  /** Ends what still runs, and takes everything away. */
  close(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const dir = await mkdtemp(join(tmpdir(), "muster-"));
  const instances = join(dir, "instances");
  const running = new Set<Running>();
  const env = {
    PATH: process.env["PATH"],
    HOME: dir,
    XDG_RUNTIME_DIR: join(dir, "run"),
    MUSTER_CACHE_DIR: join(tmpdir(), "muster-tests-cache"),
  };
  await mkdir(env.XDG_RUNTIME_DIR, { mode: 0o700 });

  function begin(words: readonly string[], stdin: "ignore" | "pipe" | number): Running {
    const child = spawn(process.execPath, [BIN, ...words], { cwd: dir, env, stdio: [stdin, "pipe", "pipe"] });
    const [out, err] = [gather(child.stdout), gather(child.stderr)];
    const ended = once(child, "close").then(([code]): Ended => ({ code, out: out(), err: err() }));
    const it: Running = {
      child,
      out,
      err,
      says: (text) =>
        until(
          () => out().includes(text) || err().includes(text),
          () => `${out()}\n${err()}`,
        ),
      signal: (signal) => void child.kill(signal),
      ended,
    };
    running.add(it);
    void ended.then(() => running.delete(it));
    return it;
  }

  const start = (...words: readonly string[]) => begin(words, "ignore");

  return {
    dir,
    instances,
    env,
    path: (name) => join(dir, name),
    async write(name, content) {
      const path = join(dir, name);
      await writeFile(path, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
      return path;
    },
    run: (...words) => start(...words).ended,
    start,
    startReading: (...words) => begin(words, "pipe"),
    startFrom: (descriptor, ...words) => begin(words, descriptor),
    files: () => (existsSync(instances) ? readdirSync(instances).filter((name) => !name.startsWith(".")) : []),
    async close() {
      for (const { child } of running) child.kill("SIGKILL");
      await Promise.all([...running].map(({ ended }) => ended));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition; the deadline is there for what never comes. */
export function until(holds: () => boolean, seen: () => string = () => ""): Promise<void> {
  return vi.waitFor(
    () => {
      if (!holds()) throw new Error(`it did not come to that: ${seen()}`);
    },
    { timeout: 20_000, interval: 20 },
  );
}

function gather(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return () => text;
}

/** An InfraKit declaration as the walk-through wrote it. */
export function walkthrough(size: number, note = "hello", id = "garethr"): object {
  return {
    ID: id,
    Properties: {
      Instance: { Plugin: "instance-file", Properties: { Note: note } },
      Flavor: { Plugin: "flavor-vanilla", Properties: { Size: size } },
    },
  };
}
