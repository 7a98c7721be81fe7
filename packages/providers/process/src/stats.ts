/** What the processes of one id use together, as /proc counts it. */
import { readdirSync, readFileSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import { ifThere } from "./failure.ts";
import { type Process, TICKS_PER_SECOND } from "./process-table.ts";
import { isItself } from "./stopping.ts";

/** Of the command and all that it has started; the leader's own shells are Muster's, and are not counted. */
export interface Stats {
  readonly processes: number;
  readonly threads: number;
  /** What is shared by several of them is counted for each. */
  readonly residentBytes: number;
  /** Since they began, with their children that have ended and were waited for. */
  readonly processorMs: number;
  /** Missing where those of one of them are not for us to see. */
  readonly openFiles?: number;
}

interface Usage {
  readonly threads: number;
  readonly residentBytes: number;
  readonly ticks: number;
  readonly openFiles: number | undefined;
}

export function statsOf(members: readonly Process[]): Stats {
  const all = members.filter(isItself).flatMap((each) => usageOf(each) ?? []);
  const sum = (of: (usage: Usage) => number) => all.reduce((total, usage) => total + of(usage), 0);
  const seesFiles = all.every(({ openFiles }) => openFiles !== undefined);
  return {
    processes: all.length,
    threads: sum(({ threads }) => threads),
    residentBytes: sum(({ residentBytes }) => residentBytes),
    processorMs: (sum(({ ticks }) => ticks) * 1000) / TICKS_PER_SECOND,
    ...(seesFiles ? { openFiles: sum(({ openFiles = 0 }) => openFiles) } : {}),
  };
}

/** Undefined where it has ended meanwhile. */
function usageOf({ pid }: Process): Usage | undefined {
  const status = ifThere(() => readFileSync(`/proc/${pid}/status`, "utf8"));
  const stat = ifThere(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (status === undefined || stat === undefined) return undefined;
  return {
    threads: numberIn(status, /^Threads:\s+(\d+)$/m),
    residentBytes: numberIn(status, /^VmRSS:\s+(\d+) kB$/m) * 1024,
    ticks: ticksIn(stat),
    openFiles: openFilesOf(pid),
  };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** Its own time in the program and in the system, and both of its children that have ended. */
function ticksIn(stat: string): number {
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return words.slice(11, 15).reduce((total, word) => total + Number(word), 0);
}

function openFilesOf(pid: number): number | undefined {
  try {
    return ifThere(() => readdirSync(`/proc/${pid}/fd`))?.length ?? 0;
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "EACCES" || code === "EPERM") return undefined;
    throw thrown;
  }
}
