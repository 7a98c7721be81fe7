import { type FSWatcher, lstatSync, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "@muster/model";
import type { Clock } from "@muster/runtime";

/** What lies where a plugin may answer, by path: something else in its place has another identity. */
export type Sockets = ReadonlyMap<string, string>;

/** How often the directory is read though nothing was heard from it: a watch can go deaf. */
const SCAN_MS = 1_000;

/** Calls `found` with everything that is there: at once, when something changed, and every second. Returns the end of it. */
export function watchSockets(path: string, clock: Clock, found: (sockets: Sockets) => void): () => void {
  let watcher: FSWatcher | undefined;
  let watched = "";
  let cancel: (() => void) | undefined;
  let over = false;

  function scan(): void {
    if (over) return;
    cancel?.();
    cancel = clock.after(SCAN_MS, scan);
    rearm();
    found(socketsIn(path));
  }

  /** A watch dies with its directory, and does not say so. */
  function rearm(): void {
    const identity = identityOf(path);
    if (identity === watched) return;
    watcher?.close();
    watched = identity;
    watcher = identity === "" ? undefined : listen();
  }

  function listen(): FSWatcher | undefined {
    try {
      return watch(path, { persistent: false }, scan).on("error", () => {
        watched = "";
      });
    } catch {
      // Out of watches, or gone again: the next scan is not far.
      return undefined;
    }
  }

  scan();
  return () => {
    over = true;
    cancel?.();
    watcher?.close();
  };
}

function socketsIn(directory: string): Sockets {
  const found = new Map<string, string>();
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
    if (stats === undefined || !(stats.isSocket() || (stats.isFile() && name.endsWith(".listen")))) continue;
    // A socket's number is used again at once; a file can be written over in its place.
    const age = stats.isSocket() ? stats.birthtimeNs : stats.mtimeNs;
    found.set(path, `${stats.dev}:${stats.ino}:${age}`);
  }
  return found;
}

/** A directory that was removed holds nothing. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith("."));
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

function identityOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.dev}:${stats.ino}`;
}
