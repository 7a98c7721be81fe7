import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { CONTENT_LIMIT } from "./file-properties.ts";
import { discard } from "./temporary.ts";

/** What a file is to have; what is missing is left as it is. */
export interface Wanted {
  readonly content: string | undefined;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** What could be read of a file's content, or why it could not. */
export type Content = { readonly text: string } | { readonly reason: string };

/** What stands at a path, the path itself: no link is followed. Undefined when nothing does. */
export function statsAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** `a directory`, `a link`: what stands there in place of a plain file. */
export function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isDirectory()) return "a directory";
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isFile() ? "a plain file" : "a device";
}

export function readContent(path: string): Content {
  try {
    return withPlainFile(path, (file, stats) => {
      if (stats.size > CONTENT_LIMIT) return { reason: `its content has more than ${CONTENT_LIMIT} bytes` };
      return { text: readFileSync(file, "utf8") };
    });
  } catch (thrown) {
    if (systemCodeOf(thrown) === "EACCES") return { reason: "its content cannot be read: permission denied" };
    throw thrown;
  }
}

/** Writes a new file whole: nobody sees it half-written, nor open to more people than wanted. */
export function writeNewFile(path: string, wanted: Wanted): void {
  const file = openSync(path, "wx", wanted.mode === undefined ? 0o644 : 0o600);
  try {
    writeFileSync(file, wanted.content ?? "");
    own(file, wanted.uid, wanted.gid);
    if (wanted.mode !== undefined) fchmodSync(file, wanted.mode);
  } finally {
    closeSync(file);
  }
}

/** Changes a plain file: its content by exchanging it whole, all else on the file itself. */
export function changeFile(path: string, temporary: string, wanted: Wanted): void {
  const stats = statsAt(path);
  if (stats === undefined) throw new ProviderError("retryable", "it is gone");
  if (!stats.isFile()) throw new ProviderError("conflict", `there is ${kindOf(stats)}`);
  if (wanted.content === undefined || hasContent(path, wanted.content)) changeAttributes(path, wanted);
  else exchange(path, temporary, stats, wanted);
}

function exchange(path: string, temporary: string, stats: Stats, wanted: Wanted): void {
  try {
    writeNewFile(temporary, {
      content: wanted.content,
      mode: wanted.mode ?? permissionsOf(stats),
      uid: wanted.uid ?? stats.uid,
      gid: wanted.gid ?? stats.gid,
    });
    renameSync(temporary, path);
  } finally {
    discard(temporary);
  }
}

export function permissionsOf(stats: Stats): number {
  return stats.mode & 0o7777;
}

function hasContent(path: string, wanted: string): boolean {
  const found = readContent(path);
  return "text" in found && found.text === wanted;
}

function changeAttributes(path: string, wanted: Wanted): void {
  withPlainFile(path, (file, stats) => {
    own(file, wanted.uid, wanted.gid);
    // A change of owner may take bits away.
    fchmodSync(file, wanted.mode ?? permissionsOf(stats));
  });
}

function own(file: number, uid: number | undefined, gid: number | undefined): void {
  if (uid === undefined && gid === undefined) return;
  const asItIs = -1;
  fchownSync(file, uid ?? asItIs, gid ?? asItIs);
}

/** Neither follows a link nor waits at a pipe. */
function withPlainFile<T>(path: string, use: (file: number, stats: Stats) => T): T {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new ProviderError("conflict", `there is ${kindOf(stats)}`);
    return use(file, stats);
  } finally {
    closeSync(file);
  }
}
