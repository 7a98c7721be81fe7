import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
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
const MAX_PRINTED = 64 * 1024;
const MAX_HEAP_MB = 512;
const CHILD = fileURLToPath(new URL("./evaluate-child.ts", import.meta.url));

/** How the process ended, and the line that it wrote to the pipe of its answer. */
export type Ended =
  | { readonly how: "deadline" }
  | { readonly how: "exit"; readonly line: string; readonly code: number | null; readonly signal: string | null };

/** Runs a stack file in a process of its own, which is dead when this returns. */
export async function runStack(path: string, deps: EvaluateDeps): Promise<Ended> {
  const words = [CHILD, pathToFileURL(path).href, deps.sdk, getCompileCacheDir() ?? ""];
  const child = spawn(process.execPath, [`--max-old-space-size=${MAX_HEAP_MB}`, ...words], {
    env: { ...deps.env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) forward(stream, deps.print);
  const answer = collected(child.stdio[3] as Readable, child);
  const closed = once(child, "close");

  const deadline = Promise.withResolvers<Ended>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    deadline.resolve({ how: "deadline" });
  }, deps.deadlineMs ?? DEADLINE_MS);
  const exit = closed.then(async ([code, signal]): Promise<Ended> => {
    return { how: "exit", line: await answer, code, signal };
  });
  try {
    return await Promise.race([exit, deadline.promise]);
  } finally {
    clearTimeout(timer);
    // Someone the file started may hold the pipes open; nobody listens any more.
    for (const stream of child.stdio) stream?.destroy();
  }
}

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

/** All that was written to the pipe. A file that writes there without end is ended. */
async function collected(stream: Readable, child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > 2 * MAX_BYTES) child.kill("SIGKILL");
  });
  await once(stream, "close");
  return Buffer.concat(chunks).toString();
}
