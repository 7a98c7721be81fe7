import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, realpathSync } from "node:fs";
import { basename, dirname, normalize } from "node:path";
import { systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { failureAt } from "./failure.ts";

/** How a directory below a root is reached. */
export interface Way {
  /** Spelled plainly. Nothing is reached but what lies below it, and by no link. Undefined: everything is. */
  readonly root: string | undefined;
  /**
   * Directories are entered one by one and each held open, and named through `/proc/self/fd`: that is what `openat` is
   * for, and Node does not have it. A path that is checked and then used can have a link put into it between the two;
   * a directory that is held cannot be exchanged. Where there is no /proc, paths are checked and then used.
   */
  readonly held: boolean;
}

export interface RootedWay extends Way {
  readonly root: string;
}

export function wayBelow(root: string | undefined): Way {
  return { root, held: existsSync("/proc/self/fd") };
}

export function isRooted(way: Way): way is RootedWay {
  return way.root !== undefined;
}

/**
 * Calls `use` with a path that leads to what is at this one for as long as the call runs.
 *
 * @param make make what is missing of the way below the root
 */
export function enterAt<T>(path: string, way: Way, make: boolean, use: (at: string) => T): T {
  return inDirectory(dirname(path), way, make, (directory) => use(`${directory}/${basename(path)}`));
}

/** What `use` finds at a path; undefined where there is nothing, because a directory on the way is not there or none. */
export function lookAt<T>(path: string, way: Way, use: (at: string) => T): T | undefined {
  try {
    return enterAt(path, way, false, use);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw failureAt(path, thrown);
  }
}

/**
 * Calls `use` with a path that leads to the directory for as long as the call runs.
 * @param make make what is missing of the way below the root
 */
export function inDirectory<T>(directory: string, way: Way, make: boolean, use: (path: string) => T): T {
  if (way.root === undefined) return use(directory);
  const enter = way.held ? hold : check;
  let place = enterRoot(way.root, way.held);
  try {
    for (const part of partsOf(directory.slice(way.root.length))) {
      const next = enterOrMake(place, part, make, enter);
      place.leave();
      place = next;
    }
    return use(place.path);
  } finally {
    place.leave();
  }
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

interface Place {
  readonly path: string;
  leave(): void;
}

/** A root that is not there is not an empty one: a disk may have been taken away. */
function enterRoot(root: string, held: boolean): Place {
  try {
    // The system's own asks it a fraction of what Node's asks.
    const real = realpathSync.native(root);
    return held ? hold(real) : check(real);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") throw new ProviderError("unavailable", `the root ${root} is not there`);
    throw failureAt(root, thrown);
  }
}

function enterOrMake(place: Place, part: string, make: boolean, enter: (path: string) => Place): Place {
  const path = `${place.path}/${part}`;
  try {
    return enter(path);
  } catch (thrown) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) throw new ProviderError("invalid", `\`${part}\` on its way below the root is a link`);
    // It was a link a moment ago: nothing can be told of what lies beyond.
    const exchanged = stats?.isDirectory() && systemCodeOf(thrown) === "ENOTDIR";
    if (exchanged) throw new ProviderError("retryable", `\`${part}\` was exchanged while it was entered`);
    if (!make || systemCodeOf(thrown) !== "ENOENT") throw thrown;
  }
  makeDirectory(path, 0o755);
  return enter(path);
}

function hold(path: string): Place {
  const file = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return { path: `/proc/self/fd/${file}`, leave: () => closeSync(file) };
}

function check(path: string): Place {
  const real = realpathSync(path);
  if (real !== normalize(path)) throw new ProviderError("invalid", `${path} goes through a link`);
  // The slash asks for a directory.
  lstatSync(`${real}/`);
  return { path: real, leave: () => undefined };
}

/** One directory; another may have made it meanwhile. */
export function makeDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "EEXIST") throw thrown;
  }
}
