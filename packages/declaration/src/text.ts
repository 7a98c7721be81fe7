import { isUtf8 } from "node:buffer";
import { open, stat } from "node:fs/promises";
import { getSystemErrorMessage } from "node:util";
import { MusterError, messageOf } from "@muster/model";

/** The size a declaration has at most, in bytes. A thousand groups with all their words take less than one megabyte. */
export const MAX_BYTES = 1024 * 1024;

/**
 * The text of a file, without a byte order mark. Throws `declaration.not-found`, `.not-readable`, `.too-big`, `.not-text`
 * and `.empty`.
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file).catch((thrown: unknown) => {
    throw thrown instanceof MusterError ? thrown : unreadable(file, thrown);
  });
  const offset = isUtf8(bytes) ? bytes.indexOf(0) : firstBadByte(bytes);
  if (offset !== -1) throw new MusterError("declaration.not-text", { file, offset }, { place: { file } });
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") throw new MusterError("declaration.empty", { file }, { place: { file } });
  return text;
}

async function readBytes(file: string): Promise<Buffer> {
  // Asked before it is opened: to open a pipe waits for who writes to it.
  const status = await stat(file);
  if (status.isDirectory()) throw notReadable(file, "it is a directory");
  if (!status.isFile()) throw notReadable(file, "it is not a regular file");
  if (status.size > MAX_BYTES) throw tooBig(file, status.size);

  await using handle = await open(file);
  // One byte more than allowed, so that a file that grows meanwhile is noticed.
  const buffer = Buffer.alloc(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw tooBig(file, length);
}

function unreadable(file: string, thrown: unknown): MusterError {
  const { code, errno } = (thrown instanceof Error ? thrown : {}) as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new MusterError("declaration.not-found", { file }, { place: { file }, cause: thrown });
  }
  return notReadable(file, errno === undefined ? messageOf(thrown) : getSystemErrorMessage(errno), thrown);
}

function notReadable(file: string, detail: string, cause?: unknown): MusterError {
  return new MusterError("declaration.not-readable", { file, detail }, { place: { file }, cause });
}

function tooBig(file: string, bytes: number): MusterError {
  return new MusterError("declaration.too-big", { file, bytes, limit: MAX_BYTES }, { place: { file } });
}

/** Where bytes stop being UTF-8. Decoding puts another character for what is not UTF-8; where the bytes of that text first differ, the bad one was. */
function firstBadByte(bytes: Buffer): number {
  const mended = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return mended.findIndex((byte, index) => byte !== bytes[index]);
}
