/** The task as a stack uses it, in real directories. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ctx, Io, TaskProvider } from "@muster/plugin";
import { onTestFinished } from "vitest";
import { type CommandTaskProperties, commandTaskIn } from "../index.ts";

export const io: Io = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };
export const ctx: Ctx = { signal: new AbortController().signal };

/** A directory of its own that everybody may enter, gone after the test. */
export function freshDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "muster-command-"));
  chmodSync(path, 0o755);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** @param env of the process in which Muster would run */
export function commands(env: Readonly<Record<string, string>> = {}): Promise<TaskProvider<CommandTaskProperties>> {
  return commandTaskIn({ PATH: process.env["PATH"], ...env }).open({}, io);
}

/** A declaration of which only what matters is told. */
export function declared(want: Partial<CommandTaskProperties>): CommandTaskProperties {
  return { name: "tried", command: ["true"], ...want };
}

export function shell(script: string, want: Partial<CommandTaskProperties> = {}): CommandTaskProperties {
  return declared({ command: ["sh", "-c", script], ...want });
}

/** True as long as there is a process of that number which has not ended. */
export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
