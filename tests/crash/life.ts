/** One life of Muster: the real command, as a process, from its start to its end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pass } from "node:timers/promises";

const START_MS = 60_000;
const END_MS = 30_000;

export interface Life {
  readonly pid: number;
  /** True when it answers; false when it has ended, or does not answer for a minute. */
  readonly ready: Promise<boolean>;
  /** What it said, on both streams. */
  said(): string;
  /** What it complained of: the standard error. */
  complaints(): string;
  hasEnded(): boolean;
  /** -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, and gives the exit code; null when it had to be killed after half a minute. */
  end(): Promise<number | null>;
}

/** @param through another program that runs it: `unshare …` */
export function startLife(command: string, env: NodeJS.ProcessEnv, through: readonly string[] = []): Life {
  const [program = process.execPath, ...words] = [...through, process.execPath, command, "serve"];
  const child = spawn(program, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const { promise: serving, resolve } = Promise.withResolvers<boolean>();
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    out += part;
    if (out.includes("serving at")) resolve(true);
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    err += part;
  });
  return {
    pid: child.pid ?? 0,
    ready: Promise.race([serving, ended.then(() => false), pass(START_MS, false, { ref: false })]),
    said: () => out + err,
    complaints: () => err,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async end() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
      const [code] = await ended;
      clearTimeout(late);
      return code;
    },
  };
}
