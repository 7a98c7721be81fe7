import { basename, dirname } from "node:path";
import { watchDirectory } from "./watch-directory.ts";

/** Wakes those who wait when one of the known paths may have changed. */
export interface Hints {
  know(path: string): void;
  forget(path: string): void;
  watch(wake: () => void, signal: AbortSignal): void;
}

interface Directory {
  readonly names: Set<string>;
  /** Ends the watch; missing while nobody waits. */
  stop?: AbortController;
}

/** One watch for each directory that holds a known path, for as long as somebody waits. */
export function fileHints(): Hints {
  const directories = new Map<string, Directory>();
  const waiting = new Set<() => void>();

  const arm = (path: string, directory: Directory): void => {
    if (waiting.size === 0 || directory.stop !== undefined) return;
    directory.stop = new AbortController();
    const changed = (name: string | null): void => {
      if (name !== null && !directory.names.has(name)) return;
      for (const wake of waiting) wake();
    };
    watchDirectory(path, changed, directory.stop.signal);
  };

  const disarm = (directory: Directory): void => {
    directory.stop?.abort();
    delete directory.stop;
  };

  return {
    know(path) {
      const above = dirname(path);
      const directory = directories.get(above) ?? { names: new Set() };
      directories.set(above, directory);
      directory.names.add(basename(path));
      arm(above, directory);
    },

    forget(path) {
      const directory = directories.get(dirname(path));
      directory?.names.delete(basename(path));
      if (directory === undefined || directory.names.size > 0) return;
      disarm(directory);
      directories.delete(dirname(path));
    },

    watch(wake, signal) {
      if (signal.aborted) return;
      // A function of its own for each call: one that waits twice is woken until both signals.
      const waiter = (): void => wake();
      waiting.add(waiter);
      for (const [path, directory] of directories) arm(path, directory);
      const leave = (): void => {
        waiting.delete(waiter);
        if (waiting.size === 0) for (const directory of directories.values()) disarm(directory);
      };
      signal.addEventListener("abort", leave, { once: true });
    },
  };
}
