import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { systemCodeOf } from "@muster/model";
import { MAX_BYTES } from "./text.ts";

export interface EvaluateDeps {
  /** The URL of the module that `@muster/sdk` is to such a stack, wherever the file lies. */
  readonly sdk: string;
  /** The environment it runs in. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may take, in milliseconds; 10 s unless told. */
  readonly deadlineMs?: number;
  /** What it prints, to either stream; the first 64 KiB of each. */
  readonly print?: (text: string) => void;
}

export const DEADLINE_MS = 10_000;
/** So long it may take to end after its answer, and its pipes to close after its end. Milliseconds. */
const GRACE_MS = 1_000;
const MAX_PRINTED = 64 * 1024;
const MAX_HEAP_MB = 512;
const CHILD = fileURLToPath(new URL("./evaluate-child.ts", import.meta.url));

/** How the process ended, and the line that it wrote to the pipe of its answer. */
export type Ended =
  | { readonly how: "deadline" }
  | { readonly how: "exit"; readonly line: string; readonly code: number | null; readonly signal: string | null };

/** Runs a stack file in a process of its own, which is dead when this returns, with all that it started in its group. */
export async function runStack(path: string, deps: EvaluateDeps): Promise<Ended> {
  const words = [CHILD, pathToFileURL(path).href, deps.sdk, getCompileCacheDir() ?? ""];
  const child = spawn(process.execPath, [`--max-old-space-size=${MAX_HEAP_MB}`, ...words], {
    env: { ...deps.env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // A process group of its own, so that what the file starts can be ended with it.
    detached: true,
  });
  const end = () => killGroup(child);
  const forget = endWithUs(end);
  for (const stream of [child.stdout, child.stderr]) forward(stream, deps.print);
  const answer = collect(child.stdio[3] as Readable, end);
  const closed = once(child, "close");
  const exited = once(child, "exit").then(([code, signal]) => ({ how: "exit", code, signal }) as const);
  const timers = new AbortController();
  const late = pause(deps.deadlineMs ?? DEADLINE_MS, timers.signal).then(() => ({ how: "deadline" }) as const);
  const answered = answer.complete.then(() => pause(GRACE_MS, timers.signal)).then(() => ANSWERED);
  try {
    const over = await Promise.race([exited, late, answered]);
    end();
    // What it printed is read to its end, unless somebody who left the group holds the pipes open.
    await Promise.race([closed, pause(GRACE_MS, timers.signal)]);
    return over.how === "deadline" ? over : { ...over, line: answer.line() };
  } finally {
    end();
    forget();
    timers.abort();
    for (const stream of child.stdio) stream?.destroy();
  }
}

/** It gave its answer and lives on. */
const ANSWERED = { how: "exit", code: null, signal: null } as const;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return promise;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    // Nobody is left in it.
    if (systemCodeOf(thrown) !== "ESRCH") throw thrown;
  }
}

/** A terminal's Ctrl-C does not reach a group of its own: a signal that ends this process ends the other first. */
function endWithUs(end: () => void): () => void {
  const forgets = SIGNALS.map((signal) => {
    const heard = (): void => {
      end();
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    process.once(signal, heard);
    return () => void process.off(signal, heard);
  });
  return () => {
    for (const forget of forgets) forget();
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What `node --check` prints: it shows the place of a syntax error that a thrown error does not tell. */
export async function syntaxCheck(path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, ["--check", path], { timeout: DEADLINE_MS }, (_error, _stdout, stderr) => resolve(stderr));
  return promise;
}

function forward(stream: Readable | null, print: EvaluateDeps["print"]): void {
  let left = MAX_PRINTED;
  stream?.setEncoding("utf8").on("data", (text: string) => {
    if (left > 0) print?.(text.slice(0, left));
    left -= text.length;
  });
}

interface Collected {
  /** Resolves when a line is there. */
  readonly complete: Promise<void>;
  line(): string;
}

/** What is written to the pipe. A file that writes there without end is ended. */
function collect(stream: Readable, end: () => void): Collected {
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > 2 * MAX_BYTES) end();
    if (chunk.includes("\n")) resolve();
  });
  return { complete, line: () => Buffer.concat(chunks).toString() };
}
