/** How processes ended, as their leaders have told: a directory of empty files, `ID.CODE`. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { constants } from "node:os";
import type { Exit } from "@muster/plugin";
import { attempt, ifThere } from "./failure.ts";

export function endsDirectory(dir: string): string {
  return `${dir}/ends`;
}

/** Makes the directory, where it is not there. */
export function makeEnds(dir: string): void {
  const ends = endsDirectory(dir);
  attempt(ends, () => mkdirSync(ends, { mode: 0o700, recursive: true }));
}

/** How each ended, by id. */
export function endsIn(dir: string): ReadonlyMap<string, Exit> {
  const ends = endsDirectory(dir);
  const names = attempt(ends, () => ifThere(() => readdirSync(ends))) ?? [];
  return new Map(
    names.flatMap((name): [string, Exit][] => {
      const [id, code] = name.split(".");
      return id === undefined || code === undefined || !/^\d{1,3}$/.test(code) ? [] : [[id, exitOf(Number(code))]];
    }),
  );
}

export function removeEnd(dir: string, id: string): void {
  const ends = endsDirectory(dir);
  attempt(ends, () => {
    for (const name of ifThere(() => readdirSync(ends)) ?? []) {
      if (name.startsWith(`${id}.`)) rmSync(`${ends}/${name}`, { force: true });
    }
  });
}

/** Some numbers have two names: the one that people know stands first. */
const SIGNALS = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);

/** A shell tells an end by the signal n as the code 128 + n. A program that exits with such a code means the same by it. */
export function exitOf(code: number): Exit {
  const signal = SIGNALS.get(code - 128);
  return signal === undefined ? { kind: "exited", code } : { kind: "killed", signal };
}

export interface LastWords {
  readonly exit: Exit;
  /** In bytes, where the system has killed for want of memory. */
  readonly usedUp: number | undefined;
  /** The last line of its log. */
  readonly line: string | undefined;
}

/** How it ended, for a person. */
export function endText({ exit, usedUp, line }: LastWords): string {
  const how = exit.kind === "exited" ? `exited with code ${exit.code}` : `killed by ${exit.signal}`;
  const why = usedUp === undefined ? "" : `: it had used up its ${bytesText(usedUp)} of memory`;
  return `${how}${why}${line === undefined ? "" : `; last line of its log: ${line}`}`;
}

/** Whether what `endText` told was an end with the code 0. */
export function tellsSuccess(text: string): boolean {
  return /^exited with code 0(;|$)/.test(text);
}

/** `16 MiB`, `1000 bytes`: in the largest unit that makes a whole number. */
function bytesText(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const) {
    if (bytes % size === 0) return `${bytes / size} ${unit}`;
  }
  return `${bytes} bytes`;
}
