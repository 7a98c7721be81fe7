import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

export interface Child {
  readonly process: ChildProcess;
  /** What it said first. */
  readonly said: string;
  /** Sends a signal and waits until it has ended. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Runs a script of this folder as a process of its own, which ends with the test; resolves with its first line. */
export async function startChild(script: string, ...args: string[]): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    child.kill(signal);
    await ended;
  };
  onTestFinished(() => end("SIGKILL"));
  const first = once(createInterface(child.stdout), "line").then(([line]) => String(line));
  const said = await Promise.race([first, ended.then(() => "(it ended)")]);
  return { process: child, said, end };
}
