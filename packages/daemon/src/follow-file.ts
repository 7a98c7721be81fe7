import { createHash } from "node:crypto";
import { type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Editors write in several steps; so long nothing must have been heard, in milliseconds. */
const QUIET_MS = 80;
/** The file is compared so often though nothing was heard: a watch can go deaf. */
const COMPARE_MS = 1_000;

/**
 * Calls `changed` when the content of a file is another than when this was called, or than at the last call. The calls
 * never overlap. What `changed` throws (the edit was not valid) goes to `refused`, and the next edit is waited for.
 * Returns the end of it.
 */
export function followFile(file: string, changed: () => Promise<void>, refused: (reason: unknown) => void): () => void {
  const directory = dirname(file);
  let content = contentOf(file);
  let watcher: FSWatcher | undefined;
  let watched = "";
  let quiet: NodeJS.Timeout | undefined;
  let busy = false;
  let over = false;

  function heard(): void {
    clearTimeout(quiet);
    quiet = setTimeout(() => void compare(), QUIET_MS);
  }

  async function compare(): Promise<void> {
    const now = contentOf(file);
    if (over || busy || now === content) return;
    content = now;
    busy = true;
    try {
      await changed();
    } catch (thrown) {
      refused(thrown);
    } finally {
      busy = false;
    }
    // It may have been edited again meanwhile.
    heard();
  }

  /** A watch dies with its directory, and does not say so. */
  function rearm(): void {
    const stats = statSync(directory, { throwIfNoEntry: false });
    const identity = stats === undefined ? "" : `${stats.dev}:${stats.ino}`;
    if (identity === watched) return;
    watcher?.close();
    watched = identity;
    watcher = stats === undefined ? undefined : listen();
  }

  function listen(): FSWatcher | undefined {
    try {
      const name = basename(file);
      return watch(directory, { persistent: false }, (_event, each) => {
        if (each === null || each === name) heard();
      }).on("error", () => {
        watched = "";
      });
    } catch {
      // Out of watches: the file is compared all the same.
      return undefined;
    }
  }

  rearm();
  const timer = setInterval(() => {
    rearm();
    if (contentOf(file) !== content) heard();
  }, COMPARE_MS).unref();

  return () => {
    over = true;
    clearInterval(timer);
    clearTimeout(quiet);
    watcher?.close();
  };
}

/** A name for what is in the file; that it is not there, or cannot be read, is something else than any content. */
function contentOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
