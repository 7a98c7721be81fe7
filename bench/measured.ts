/** What a program takes, told by GNU time: whoever it starts and waits for counts in. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { median } from "./table.ts";

const TIME = "/usr/bin/time";

export interface Taken {
  readonly wallMs: number;
  /** In the program and in the system for it. */
  readonly cpuMs: number;
  /** Of the largest of its processes. */
  readonly peakMb: number;
}

export interface Command {
  readonly program: string;
  readonly words: readonly string[];
  /** Where it works, and where the figures are put down. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

export function canMeasure(): boolean {
  return spawnSync(TIME, ["--version"]).status === 0;
}

export function measure({ program, words, folder, env }: Command): Taken {
  const report = join(folder, "taken");
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(TIME, ["-f", "%U %S %M", "-o", report, program, ...words], {
    ...{ cwd: folder, env, encoding: "utf8", maxBuffer: 2 ** 28 },
  });
  const wallMs = performance.now() - start;
  if (status !== 0)
    throw new Error(`${program} ${words.join(" ")} ended with ${status}: ${stdout.slice(-2_000)}${stderr}`);
  const [user = 0, system = 0, peakKb = 0] = readFileSync(report, "utf8").trim().split(" ").map(Number);
  rmSync(report);
  return { wallMs, cpuMs: (user + system) * 1_000, peakMb: peakKb / 1024 };
}

/** Whether it ends with another code than 0. */
export function fails({ program, words, folder, env }: Command): boolean {
  return spawnSync(program, words, { cwd: folder, env, maxBuffer: 2 ** 28 }).status !== 0;
}

export function medianOf(taken: readonly Taken[]): Taken {
  return {
    wallMs: median(taken.map(({ wallMs }) => wallMs)),
    cpuMs: median(taken.map(({ cpuMs }) => cpuMs)),
    peakMb: median(taken.map(({ peakMb }) => peakMb)),
  };
}
