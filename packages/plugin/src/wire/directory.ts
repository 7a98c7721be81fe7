import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { MusterError, messageOf } from "@muster/model";

/**
 * Makes a directory, and what is missing above it. Node's own recursive `mkdir` never returns where the system answers
 * "no such file" below a directory that is there, as /proc does.
 */
export function makeDirectories(path: string, mode: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeDirectories(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (thrown) {
    // Somebody else may have made it in between.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw thrown;
  }
}

/** Makes a directory that is ours and closed to others. Throws `daemon.unsafe-directory` when it is not, or cannot be. */
export function makePrivateDirectory(path: string): void {
  try {
    makeDirectories(path, 0o700);
  } catch (cause) {
    throw new MusterError(
      "daemon.unsafe-directory",
      { path, detail: `cannot be made: ${messageOf(cause)}` },
      { cause },
    );
  }
  const { uid, mode } = statSync(path);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new MusterError("daemon.unsafe-directory", { path, detail: "belongs to somebody else" });
  }
  if ((mode & 0o077) !== 0) throw new MusterError("daemon.unsafe-directory", { path, detail: "is open to others" });
}
