import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/**
 * Calls `changed` with the name of an entry of a directory that may have changed (or null: any may have), until the
 * signal. A watch dies with its directory, so the directory above is watched too, and when that is gone the nearest
 * one that is there: a directory that is made anew is watched anew. Best effort: a system that is out of watches gives
 * no hints, and a lost hint is harmless.
 */
export function watchDirectory(directory: string, changed: (name: string | null) => void, signal: AbortSignal): void {
  let watchers: FSWatcher[] = [];

  const disarm = (): void => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };

  const listen = (path: string, heard: (name: string | null) => void): void => {
    try {
      // A hint is no reason to keep a process alive.
      const watcher = watch(path, { persistent: false }, (_event, name) => heard(name));
      watcher.on("error", () => watcher.close());
      watchers.push(watcher);
    } catch {
      // Gone again, not readable, or out of watches: the next look on a timer finds out.
      return;
    }
  };

  const arm = (): void => {
    if (signal.aborted) return;
    disarm();
    const above = nearestThere(dirname(directory));
    const awaited = nextBelow(above, directory);
    listen(above, (name) => {
      // A directory that goes says its own name.
      if (name === null || name === awaited || name === basename(above)) rearm();
    });
    if (above === dirname(directory)) listen(directory, changed);
    // Made between the question and the watch, it would be waited for in vain.
    else if (isThere(`${above === "/" ? "" : above}/${awaited}`)) arm();
  };

  const rearm = (): void => {
    arm();
    changed(null);
  };

  arm();
  signal.addEventListener("abort", disarm, { once: true });
}

function nearestThere(path: string): string {
  let nearest = path;
  while (nearest !== dirname(nearest) && !isThere(nearest)) nearest = dirname(nearest);
  return nearest;
}

/** The name of the entry of `above` that leads to `path`. */
function nextBelow(above: string, path: string): string {
  let child = path;
  while (dirname(child) !== above && dirname(child) !== child) child = dirname(child);
  return basename(child);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
