import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Document, MemberStatus } from "@muster/model";

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
  /** Ends it with -9: nothing can be said or written down. */
  kill(): Promise<void>;
}

/** `muster serve`, with these words besides, with one converged stack, as a process of its own. */
export async function startServing(
  folder: string,
  document: Document,
  words: readonly string[] = [],
): Promise<Serving> {
  const serving = await serve(folder, words);
  try {
    apply(folder, document);
    return serving;
  } catch (thrown) {
    await serving.end();
    throw thrown;
  }
}

/** `muster serve` with what the store below the folder knows. */
export async function serve(folder: string, words: readonly string[] = []): Promise<Serving> {
  mkdirSync(join(folder, "run"), { mode: 0o700, recursive: true });
  const child = spawn(process.execPath, [BIN, "serve", ...words], {
    env: environment(folder),
    stdio: ["ignore", "pipe", "inherit"],
  });
  await saysSomething(child);
  return { pid: child.pid ?? 0, end: () => endOf(child, "SIGTERM"), kill: () => endOf(child, "SIGKILL") };
}

function apply(folder: string, { data }: Document): void {
  const stack = join(folder, "bench.json");
  writeFileSync(stack, JSON.stringify(data));
  run(folder, "apply", stack, "--yes");
}

/** The ids of all members that are ready. */
export function readyMembers(folder: string): readonly string[] {
  const members: readonly MemberStatus[] = JSON.parse(run(folder, "instance", "ls", "--output", "json"));
  return members.flatMap(({ id, state }) => (state === "ready" && id !== undefined ? id : []));
}

function run(folder: string, ...words: readonly string[]): string {
  const env = environment(folder);
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`muster ${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

async function saysSomething(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("serve has no output");
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`serve ended with ${code}`))),
  ]);
  child.stdout.resume();
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
