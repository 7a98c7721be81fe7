/** Hints that something may have changed. */
import { type FSWatcher, statSync, watch } from "node:fs";
import { endsDirectory } from "./ends.ts";

/** Who was killed together with the leader says nothing: it is missed. Milliseconds. */
const MISSED_MS = 2_000;
/** How long after a change those that are coming up are looked at, and how often at first; then less often. */
const FIRST_MS = 50;
const SLOWEST_MS = 1_000;

export interface Watched {
  readonly dir: string;
  /** True when one that lived at the last look does so no more. */
  missesOne(): boolean;
  /** True while one is starting. */
  startsOne(): boolean;
}

/**
 * Calls `wake` until the signal. Ends are told in one directory that is watched, and so are the directories of new ones;
 * directories that were removed and made anew are found within two seconds.
 */
export function watchProcesses({ dir, missesOne, startsOne }: Watched, wake: () => void, signal: AbortSignal): void {
  const ears = [ear(dir, wake), ear(endsDirectory(dir), wake)];
  const often = setInterval(() => {
    const isNew = ears.map((each) => each.renew()).some(Boolean);
    if (isNew || missesOne()) wake();
  }, MISSED_MS).unref();

  let rest = FIRST_MS;
  let soon: NodeJS.Timeout | undefined;
  const attend = () => {
    const starts = startsOne();
    if (starts) wake();
    rest = starts ? Math.min(SLOWEST_MS, rest * 1.5) : FIRST_MS;
    soon = setTimeout(attend, rest).unref();
  };
  attend();

  signal.addEventListener(
    "abort",
    () => {
      clearInterval(often);
      clearTimeout(soon);
      for (const each of ears) each.close();
    },
    { once: true },
  );
}

/** An ear at one directory. A hint is no reason to keep Muster alive, and one that cannot be had costs two seconds. */
function ear(path: string, heard: () => void) {
  let watcher: FSWatcher | undefined;
  let heardAt: string | undefined;

  const renew = (): boolean => {
    const now = directoryAt(path);
    if (now === heardAt) return false;
    watcher?.close();
    watcher = undefined;
    heardAt = now;
    if (now === undefined) return true;
    try {
      watcher = watch(path, { persistent: false }, (_event, name) => {
        if (name === null || !name.startsWith(".")) heard();
      });
      watcher.on("error", () => watcher?.close());
    } catch {
      // Gone again, or the system is out of watches.
      heardAt = undefined;
    }
    return true;
  };

  renew();
  return { renew, close: () => watcher?.close() };
}

/** Which directory it is: a number alone may be given to the next one. */
function directoryAt(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : `${stats.ino} ${stats.birthtimeMs}`;
  } catch {
    return undefined;
  }
}
