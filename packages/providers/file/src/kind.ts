import { lstatSync, type Stats } from "node:fs";
import { ProviderError } from "@muster/plugin";

/** What stands at a path, the path itself: no link is followed. Undefined when nothing does. */
export function statsAt(path: string): Stats | undefined {
  return lstatSync(path, UNLESS_GONE);
}

const UNLESS_GONE = { throwIfNoEntry: false } as const;

/** `a directory`, `a link`: what stands there in place of what should. */
export function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isFile() ? "a plain file" : "a device";
}

export function assertFile(stats: Stats): void {
  if (!stats.isFile()) throw new ProviderError("conflict", `there is ${kindOf(stats)}`);
}

export function assertDirectory(stats: Stats): void {
  if (!stats.isDirectory()) throw new ProviderError("conflict", `there is ${kindOf(stats)}`);
}
