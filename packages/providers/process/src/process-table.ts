/** The processes of this machine, as /proc shows them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { systemCodeOf } from "@muster/model";
import { failureAt, ifThere } from "./failure.ts";
import { type Mark, markIn } from "./mark.ts";

export interface Process {
  readonly pid: number;
  /** The pid of the one that leads, or led, its session. */
  readonly session: number;
  /** In ticks of a hundredth of a second after the start of the machine. A pid with its start is one process for ever. */
  readonly start: number;
  /** One letter, as /proc has it: `T` and `t` are halted, `D` waits and hears of nothing. */
  readonly state: string;
}

export interface ProcessTable {
  /** Those that live; one that has ended and was not waited for yet is none of them. Ascending by pid. */
  readonly processes: readonly Process[];
  byPid(pid: number): Process | undefined;
  markOf(process: Process): Mark | undefined;
  /** When it began, in milliseconds since 1970. */
  beganAt(process: Process): number;
}

/** What /proc counts time in: so on every Linux. */
export const TICKS_PER_SECOND = 100;

/**
 * Just before it becomes another program, a process still has the environment of the one that started it. That of a
 * process older than this is read once.
 */
const SETTLED_TICKS = 60 * TICKS_PER_SECOND;

/** Looks at all processes, each time it is called. Throws where something that is there cannot be read. */
export function processTables(now: () => number): () => ProcessTable {
  let known = new Map<number, { readonly start: number; readonly mark: Mark | undefined }>();

  return () => {
    const processes = livingProcesses();
    const upTicks = Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ", 1)[0]) * TICKS_PER_SECOND);
    const lookedAt = now();
    const before = known;
    const byPid = new Map(processes.map((each) => [each.pid, each]));
    known = new Map([...before].filter(([pid, { start }]) => byPid.get(pid)?.start === start));
    const marks = known;

    return {
      processes,
      byPid: (pid) => byPid.get(pid),
      beganAt: ({ start }) => lookedAt - ((upTicks - start) * 1000) / TICKS_PER_SECOND,
      markOf({ pid, start, session }) {
        // Threads of the kernel, which are half of all that is there, are in none, and have no environment.
        if (session === 0) return undefined;
        const found = marks.get(pid);
        if (found?.start === start) return found.mark;
        const mark = markIn(environmentOf(pid) ?? "");
        // A leader stays what it is: only what it starts becomes something else.
        const leads = pid === session && mark !== undefined && mark.leader === undefined;
        if (leads || upTicks - start > SETTLED_TICKS) marks.set(pid, { start, mark });
        return mark;
      },
    };
  };
}

function livingProcesses(): readonly Process[] {
  try {
    return readdirSync("/proc").flatMap((name) => {
      if (!isNumber(name)) return [];
      return processAt(Number(name)) ?? [];
    });
  } catch (thrown) {
    throw failureAt("/proc", thrown);
  }
}

/** Undefined when there is none of that number that lives. */
export function processAt(pid: number): Process | undefined {
  const text = ifThere(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return text === undefined ? undefined : processFrom(pid, text);
}

/** True when this very process lives, and not another one that was given its number. */
export function isSame(wanted: Process, found: Process | undefined): boolean {
  return found !== undefined && found.pid === wanted.pid && found.start === wanted.start;
}

/**
 * Every look reads this of every process of the machine: no more of the text is taken apart than is needed.
 *
 * @param text as /proc/PID/stat has it.
 */
export function processFrom(pid: number, text: string): Process | undefined {
  // The name of the program stands in brackets and may hold anything; what is read follows it.
  const state = text.lastIndexOf(")") + 2;
  if (text[state] === "Z" || text[state] === "X") return undefined;
  const session = wordAfter(text, state, 3);
  const start = wordAfter(text, session, 16);
  return { pid, session: numberAt(text, session), start: numberAt(text, start), state: text[state] ?? "" };
}

/** Where the word begins that is so many words after the one that begins here. */
function wordAfter(text: string, begin: number, words: number): number {
  let at = begin;
  for (let word = 0; word < words; word++) at = text.indexOf(" ", at) + 1;
  return at;
}

function numberAt(text: string, begin: number): number {
  return Number(text.slice(begin, text.indexOf(" ", begin)));
}

/** The environment that a process began with; undefined where it is gone, or its environment is not for us to read. */
export function environmentOf(pid: number): string | undefined {
  try {
    return ifThere(() => readFileSync(`/proc/${pid}/environ`, "utf8"));
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "EACCES" || code === "EPERM") return undefined;
    throw failureAt(`/proc/${pid}/environ`, thrown);
  }
}

/** The user that a process runs as. */
export function userOf(pid: number): number | undefined {
  return ifThere(() => statSync(`/proc/${pid}`).uid);
}

function isNumber(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}
