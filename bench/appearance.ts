import { readdirSync, watch } from "node:fs";

/** Longer than anything that is measured takes, in milliseconds. */
const PATIENCE_MS = 60_000;

/** When a name that is not there now has appeared in the directory, as `performance.now()` tells it. */
export function appearance(directory: string): Promise<number> {
  const before = new Set(namesIn(directory));
  return new Promise((resolve, reject) => {
    const watcher = watch(directory, (_, name) => {
      if (name === null || name.startsWith(".") || before.has(name)) return;
      end();
      resolve(performance.now());
    });
    const timer = setTimeout(() => {
      end();
      reject(new Error(`nothing has appeared in ${directory} within ${PATIENCE_MS / 1_000} s`));
    }, PATIENCE_MS);
    const end = () => {
      watcher.close();
      clearTimeout(timer);
    };
  });
}

/** Without those that are only on their way. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith("."));
}
