import { isUtf8 } from "node:buffer";
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { type Attributes, changeAttributes, permissionsOf, setOnFile } from "./attributes.ts";
import { CONTENT_LIMIT } from "./file-properties.ts";
import { assertFile, statsAt } from "./kind.ts";
import { discard } from "./temporary.ts";

/** What a file is to have; what is missing is left as it is. */
export interface Wanted extends Attributes {
  readonly content: string | undefined;
}

/** What could be read of a file: what it is, and its content as far as that can be shown. */
export interface FileRead {
  readonly stats: Stats;
  readonly content?: string;
  /** Why the content is not all there, or is none that could be declared. */
  readonly reason?: string;
}

/**
 * Reads a plain file.
 *
 * @param seen what stood there a moment ago: what is no plain file is not opened, as a device may act on that
 */
export function readPlainFile(path: string, seen: Stats): FileRead {
  try {
    return withPlainFile(path, (file, stats) => ({ stats, ...contentOf(file, stats) }));
  } catch (thrown) {
    if (systemCodeOf(thrown) !== "EACCES") throw thrown;
    return { stats: seen, reason: "its content cannot be read: permission denied" };
  }
}

function contentOf(file: number, { size }: Stats): Omit<FileRead, "stats"> {
  if (size > CONTENT_LIMIT) return { reason: `its content has more than ${CONTENT_LIMIT} bytes` };
  const content = readFileSync(file, "utf8");
  if (!content.includes(REPLACED) || isText(file, Buffer.byteLength(content))) return { content };
  return { content: content.replaceAll(REPLACED, NO_TEXT), reason: "its content is not text" };
}

/** What stands in a text for bytes that are none. It may also have been written so. */
const REPLACED = "\ufffd";

/**
 * Stands for it where a file is not text: no text that can be declared has it. So such a file is otherwise than declared,
 * whatever is declared, and what is shown of it cannot be declared by mistake.
 */
const NO_TEXT = "\udcff";

/** @param most it has no more bytes */
function isText(file: number, most: number): boolean {
  const bytes = Buffer.alloc(most);
  return isUtf8(bytes.subarray(0, readSync(file, bytes, 0, most, 0)));
}

/** Writes a new file whole: nobody sees it half-written, nor open to more people than wanted. */
export function writeNewFile(path: string, wanted: Wanted): void {
  const file = openSync(path, "wx", wanted.mode === undefined ? 0o644 : 0o600);
  try {
    // With the encoding named Node writes in one call.
    if (wanted.content) writeFileSync(file, wanted.content, "utf8");
    setOnFile(file, wanted);
  } finally {
    closeSync(file);
  }
}

/**
 * Changes a plain file: its content by exchanging it whole, all else on the file itself.
 *
 * @param held see `changeAttributes`
 */
export function changeFile(path: string, temporary: string, wanted: Wanted, held: boolean): void {
  const stats = statsAt(path);
  if (stats === undefined) throw new ProviderError("retryable", "it is gone");
  assertFile(stats);
  if (wanted.content !== undefined && readPlainFile(path, stats).content !== wanted.content) {
    exchange(path, temporary, stats, wanted);
  } else changeAttributes(path, wanted, held, assertFile);
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
  } catch (thrown) {
    discard(temporary);
    throw thrown;
  }
}

/** Neither follows a link nor waits at a pipe. */
function withPlainFile<T>(path: string, use: (file: number, stats: Stats) => T): T {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    assertFile(stats);
    return use(file, stats);
  } finally {
    closeSync(file);
  }
}
