/** The log of a process: `log`, and before it `log.1`, `log.2` and so on, each older than the one before. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogsAsked } from "@muster/plugin";
import { attempt, ifThere } from "./failure.ts";

export interface LogFile {
  readonly path: string;
  /** 0 is the one that is written. */
  readonly number: number;
}

/** Those that are there, the newest first. */
export function logFiles(home: string): readonly LogFile[] {
  const names = ifThere(() => readdirSync(home)) ?? [];
  const numbers = names.flatMap((name) => {
    const [, number] = /^log(?:\.(\d{1,3}))?$/.exec(name) ?? [undefined, undefined];
    return /^log(\.\d{1,3})?$/.test(name) ? [Number(number ?? 0)] : [];
  });
  const ascending = numbers.sort((one, other) => one - other);
  return ascending.map((number) => ({ number, path: number === 0 ? `${home}/log` : `${home}/log.${number}` }));
}

const LAST_LINE = 200;
const TAIL = 4096;

/** The last line that is not empty, shortened, with everything that is not printable escaped. */
export function lastLine(home: string): string | undefined {
  for (const { path } of logFiles(home)) {
    const lines = tailOf(path)
      .split("\n")
      .filter((line) => line.trim() !== "");
    const last = lines.at(-1);
    if (last !== undefined) return shortened(last.trim());
  }
  return undefined;
}

/** What could move a terminal's cursor, or turn the text round, is shown as its number. */
function shortened(line: string): string {
  const letters = Array.from(line, (letter) => (/[\p{C}\p{Zl}\p{Zp}]/u.test(letter) ? escaped(letter) : letter)).join(
    "",
  );
  return letters.length <= LAST_LINE ? letters : `${letters.slice(0, LAST_LINE - 1)}…`;
}

function escaped(letter: string): string {
  if (letter === "\t") return " ";
  const number = (letter.codePointAt(0) ?? 0).toString(16);
  return number.length <= 2 ? `\\x${number.padStart(2, "0")}` : `\\u{${number}}`;
}

function tailOf(path: string): string {
  const file = ifThere(() => openSync(path, "r"));
  if (file === undefined) return "";
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(TAIL, size));
    return tail.toString("utf8", 0, readSync(file, tail, 0, tail.length, size - tail.length));
  } finally {
    closeSync(file);
  }
}

/** A file of the log that is held open: it stays the same when its name goes on to another. */
interface Held {
  readonly file: number;
  readonly ino: number;
  at: number;
}

const CHUNK = 65_536;
/** Between two looks at a log that is followed: it is looked at less often the longer nothing comes. In milliseconds. */
const FIRST_REST_MS = 50;
const LONGEST_REST_MS = 400;
/** To find out whether it lives costs more than to find out whether it has printed. */
const RESTS_BETWEEN_LOOKS = 10;

/**
 * What is there, oldest first, and with `follow` what comes, across rotations.
 *
 * @param isOver whether nothing more will come
 */
export async function* readLog(
  home: string,
  { lines, follow }: LogsAsked,
  isOver: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let held = attempt(home, () => holdAll(home));
  try {
    if (lines !== undefined) skipToLast(held, lines);
    // What is printed from now on is no part of the answer unless it is followed.
    const ends = held.map(({ file }) => fstatSync(file).size);
    for (const [at, each] of held.entries()) yield* rest(each, follow ? undefined : ends[at], signal);
    let restMs = FIRST_REST_MS;
    for (let rests = 1; follow && !signal.aborted; rests++) {
      const wasOver = isComplete(home) || (rests % RESTS_BETWEEN_LOOKS === 0 && (await isOver()));
      held = attempt(home, () => advance(home, held));
      const before = placeIn(held);
      for (const each of held) yield* rest(each, undefined, signal);
      if (wasOver) return;
      restMs = placeIn(held) === before ? Math.min(LONGEST_REST_MS, restMs * 2) : FIRST_REST_MS;
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const { file } of held) closeSync(file);
  }
}

/** The writer says so after it has written the last. */
export function isComplete(home: string): boolean {
  return existsSync(`${home}/complete`);
}

/** Opened the newest first: a file that is renamed meanwhile is opened twice, and never missed. */
function holdAll(home: string, since?: number): Held[] {
  const held: Held[] = [];
  for (const { path } of logFiles(home)) {
    const file = ifThere(() => openSync(path, "r"));
    if (file === undefined) continue;
    const { ino } = fstatSync(file);
    if (held.some((each) => each.ino === ino)) closeSync(file);
    else held.unshift({ file, ino, at: 0 });
    if (ino === since) break;
  }
  return held;
}

/** The last one that was read, to be read to its end, and all that came after it. */
function advance(home: string, before: Held[]): Held[] {
  const last = before.at(-1);
  const found = holdAll(home, last?.ino);
  if (last === undefined) return found;
  for (const each of before) if (each !== last) closeSync(each.file);
  const newer = found.filter(({ ino }) => ino !== last.ino);
  for (const each of found) if (each.ino === last.ino) closeSync(each.file);
  return [last, ...newer];
}

function placeIn(held: readonly Held[]): number {
  return held.reduce((sum, { at }) => sum + at, 0);
}

async function* rest(held: Held, end: number | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  while (!signal.aborted && (end === undefined || held.at < end)) {
    const chunk = Buffer.alloc(Math.min(CHUNK, end === undefined ? CHUNK : end - held.at));
    const count = readSync(held.file, chunk, 0, chunk.length, held.at);
    if (count === 0) return;
    held.at += count;
    yield chunk.subarray(0, count);
  }
}

/** Begins each file where the last so many lines of all of them begin. */
function skipToLast(held: readonly Held[], lines: number): void {
  let left = lines;
  let isLastByte = true;
  for (const each of held.toReversed()) {
    each.at = fstatSync(each.file).size;
    while (left > 0 && each.at > 0) {
      const chunk = Buffer.alloc(Math.min(CHUNK, each.at));
      readSync(each.file, chunk, 0, chunk.length, each.at - chunk.length);
      let at = chunk.length;
      while (left > 0 && at > 0) {
        at--;
        // The line break at the very end ends the last line, and begins none.
        if (chunk[at] === 0x0a && !isLastByte && --left === 0) at++;
        isLastByte = false;
        if (left === 0) break;
      }
      each.at -= chunk.length - at;
    }
  }
}
