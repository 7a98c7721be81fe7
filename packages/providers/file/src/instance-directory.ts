import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { type Observed, systemCodeOf } from "@muster/model";
import type { InstanceSpec } from "@muster/plugin";
import { failureAt } from "./failure.ts";
import { readRecord, stranger } from "./instance-record.ts";

/** A record beyond this many bytes is neither written nor read. */
export const RECORD_LIMIT = 1024 * 1024;

/**
 * Clocks of file systems tick as slowly as every 10 ms: what was changed so lately may be changed again without a
 * sign, and is read anew.
 */
const TICK_MS = 10;

type Instance = Observed<InstanceSpec>;

/** What is known of a file, and by what it is told that it still holds. */
type Remembered = Read | Written;

interface Read {
  readonly by: "reading";
  readonly ino: number;
  readonly size: number;
  /** Of the last change of any kind, ms since 1970 with a fraction. */
  readonly changed: number;
  /** The change was long enough ago for a later one to show. */
  readonly settled: boolean;
  readonly instance: Instance;
}

/** Written here, and not looked at since: 1000 files are sooner remembered than read back. */
interface Written {
  readonly by: "writing";
  readonly size: number;
  /** Written by then, ms since 1970. */
  readonly at: number;
  readonly instance: Instance;
}

/** The instances of one directory, each file read once for as long as it does not change. */
export interface InstanceDirectory {
  /** What stands under these names; those that went meanwhile are left out. Throws where one cannot be read. */
  these(names: readonly string[]): readonly Instance[];
  one(name: string): Instance | undefined;
  /** It was there at the last look, or has been written since. */
  knows(name: string): boolean;
  /** This instance was just written, in so many bytes. */
  written(instance: Instance, size: number): void;
}

export function instanceDirectory(directory: string, now: () => number): InstanceDirectory {
  let remembered = new Map<string, Remembered>();

  const look = (name: string): Read | undefined => {
    const path = `${directory}/${name}`;
    try {
      const stats = lstatSync(path, UNLESS_GONE);
      if (stats === undefined) return undefined;
      const known = remembered.get(name);
      if (known?.by === "reading" && isUnchanged(known, stats)) return known;
      if (known?.by === "writing" && isAsWritten(known, stats)) return seen(known, stats);
      return read(path, name, stats, now());
    } catch (thrown) {
      throw failureAt(path, thrown);
    }
  };

  return {
    these(names) {
      const found = new Map<string, Read>();
      for (const name of names) {
        const each = look(name);
        if (each !== undefined) found.set(name, each);
      }
      remembered = found;
      return Array.from(found.values(), (each) => each.instance);
    },
    one: (name) => look(name)?.instance,
    knows: (name) => remembered.has(name),
    written(instance, size) {
      remembered.set(instance.id, { by: "writing", size, at: now(), instance });
    },
  };
}

const UNLESS_GONE = { throwIfNoEntry: false } as const;

function isUnchanged(known: Read, stats: Stats): boolean {
  return known.settled && known.ino === stats.ino && known.size === stats.size && known.changed === stats.ctimeMs;
}

function isAsWritten(known: Written, stats: Stats): boolean {
  // The clock that is given counts in whole milliseconds.
  return known.size === stats.size && stats.ctimeMs < known.at + 1 && stats.isFile();
}

function seen({ instance, size }: Written, stats: Stats): Read {
  const since = sinceOf(stats);
  return {
    by: "reading",
    ino: stats.ino,
    size,
    changed: stats.ctimeMs,
    settled: true,
    instance: { ...instance, since },
  };
}

function read(path: string, name: string, stats: Stats, at: number): Read | undefined {
  const instance = readInstance(path, name, stats);
  if (instance === undefined) return undefined;
  const { ino, size, ctimeMs } = stats;
  return { by: "reading", ino, size, changed: ctimeMs, settled: ctimeMs + TICK_MS < at, instance };
}

/**
 * Undefined when it went meanwhile. What cannot be read is not taken for a stranger: it may be a member, and a look
 * that left it out would have it made a second time.
 */
function readInstance(path: string, name: string, stats: Stats): Instance | undefined {
  const since = sinceOf(stats);
  if (!stats.isFile()) return stranger(name, "it is not a plain file", since);
  if (stats.size > RECORD_LIMIT) return stranger(name, `it has more than ${RECORD_LIMIT} bytes`, since);
  try {
    return readRecord(name, readPlainFile(path), since);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") return stranger(name, "it is not a plain file", since);
    throw thrown;
  }
}

/** Some file systems do not keep when a file was made. */
function sinceOf(stats: Stats): number {
  return Math.floor(stats.birthtimeMs || stats.mtimeMs);
}

/** Neither follows a link nor waits at a pipe that took the file's place since it was looked at. */
export function readPlainFile(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > RECORD_LIMIT) return "";
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}
