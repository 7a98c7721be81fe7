/**
 * The archive that a kernel unpacks into memory: `newc`, of which the same entries give the same bytes. Each entry is a head
 * of 110 characters, its path, and its bytes, each filled up to four; the last is called `TRAILER!!!`.
 */
import { MusterError } from "@muster/model";
import { MAX_ENTRIES, MAX_INITRD, MAX_PATH } from "./bounds.ts";
import { readingSource } from "./home.ts";
import type { Digest } from "./image.ts";
import { digestOf, digestOfBytes, type OpenFile, startHash, Unreadable, withFile } from "./reading.ts";

export type Entry =
  | { readonly kind: "directory"; readonly path: string; readonly open?: boolean }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "file"; readonly path: string; readonly runs: boolean; readonly from: Source };

/** Where the bytes of a file come from. */
export type Source = { readonly file: string } | { readonly bytes: Uint8Array };

/** A file that is in an archive. */
export interface ArchivedFile {
  /** Absolute, as it is seen inside. */
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
}

const DIRECTORY = 0o040_755;
/** Everybody may write there, and take away only what is theirs. */
const OPEN_DIRECTORY = 0o041_777;
const LINK = 0o120_777;
const FILE = 0o100_644;
const PROGRAM = 0o100_755;
const TRAILER = "TRAILER!!!";
const MAGIC = "070701";
const HEAD = 110;

/**
 * Writes entries as an archive, in the order of their paths; the numbers of inodes are their places in it.
 *
 * @param entries with absolute paths, each once, and the directories that they lie in
 * @param write is given bytes that are good until it returns
 * @returns the files in it
 * @throws `image.too-large`, `image.bad-file` where a file cannot be read, or changes meanwhile
 */
export function writeArchive(entries: readonly Entry[], write: (bytes: Uint8Array) => void): readonly ArchivedFile[] {
  confirmCount(entries.length);
  let written = 0;
  const put = (bytes: Uint8Array): void => {
    written += bytes.length;
    if (written > MAX_INITRD) throw tooLarge();
    if (bytes.length > 0) write(bytes);
  };
  const fill = (): void => put(new Uint8Array(-written & 3));
  const begin = (path: string, mode: number, inode: number, size: number): void => {
    put(headOf(path, mode, inode, size));
    fill();
  };

  const files: ArchivedFile[] = [];
  for (const [index, entry] of entries.toSorted(byPath).entries()) {
    const name = entry.path.slice(1);
    const inode = index + 1;
    if (entry.kind === "directory") {
      begin(name, entry.open === true ? OPEN_DIRECTORY : DIRECTORY, inode, 0);
    } else if (entry.kind === "link") {
      const target = Buffer.from(entry.target);
      begin(name, LINK, inode, target.length);
      put(target);
    } else {
      const mode = entry.runs ? PROGRAM : FILE;
      const file = withBytes(entry.from, (size, pieces) => {
        begin(name, mode, inode, size);
        const hash = startHash();
        for (const piece of pieces) {
          hash.update(piece);
          put(piece);
        }
        return { path: entry.path, digest: digestOf(hash), size };
      });
      files.push(file);
    }
    fill();
  }
  begin(TRAILER, 0, 0, 0);
  return files;
}

function headOf(name: string, mode: number, inode: number, size: number): Uint8Array {
  const path = Buffer.from(`${name}\0`);
  if (path.length > MAX_PATH) {
    throw new MusterError("image.too-large", { what: `a path of the image`, found: path.length, limit: MAX_PATH });
  }
  const links = (mode & 0o170_000) === 0o040_000 ? 2 : 1;
  // inode, mode, user, group, links, time, size, four numbers of devices, length of the path, a sum that newc has not
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, path.length, 0];
  const head = MAGIC + fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  return Buffer.concat([Buffer.from(head), path]);
}

function withBytes<T>(from: Source, use: (size: number, pieces: Iterable<Uint8Array>) => T): T {
  if ("bytes" in from) return use(from.bytes.length, [from.bytes]);
  const { file } = from;
  return readingSource(file, () => withFile(file, MAX_INITRD, (open) => use(open.size, open.pieces()), true));
}

/** By code unit: a directory comes before all that is in it. */
function byPath(a: Entry, b: Entry): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

function confirmCount(found: number): void {
  if (found <= MAX_ENTRIES) return;
  throw new MusterError("image.too-large", { what: "the image", found: `${found} files`, limit: MAX_ENTRIES });
}

function tooLarge(): MusterError {
  return new MusterError("image.too-large", { what: "the image", found: "more bytes", limit: MAX_INITRD });
}

/** What stands in an archive, as it stands there. */
export interface Archived {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  /** Of the bytes; of a link, of its target. */
  readonly digest: Digest;
}

/** Reads an archive of newc, as this room and others write it, up to its trailer. Throws Unreadable. */
export function readArchive(path: string): readonly Archived[] {
  return withFile(path, MAX_INITRD, (file) => {
    const found: Archived[] = [];
    for (let at = 0; ; ) {
      const { name, mode, size, begins } = entryAt(file, at);
      if (name === TRAILER) return found;
      if (found.length >= MAX_ENTRIES || begins + size > file.size) throw new Unreadable("is cut off, or too long");
      found.push({ path: `/${name}`, mode, size, digest: digestAt(file, begins, size) });
      at = aligned(begins + size);
    }
  });
}

function entryAt(file: OpenFile, at: number) {
  const head = Buffer.from(file.at(at, HEAD)).toString("latin1");
  if (!/^070701[0-9A-Fa-f]{104}$/.test(head)) throw new Unreadable(`is no archive of newc at byte ${at}`);
  const field = (index: number): number => Number.parseInt(head.slice(6 + index * 8, 14 + index * 8), 16);
  const length = field(11);
  if (length < 1 || length > MAX_PATH + 1) throw new Unreadable(`is no archive of newc at byte ${at}`);
  const name = Buffer.from(file.at(at + HEAD, length - 1)).toString("utf8");
  return { name, mode: field(1), size: field(6), begins: aligned(at + HEAD + length) };
}

function digestAt(file: OpenFile, begins: number, size: number): Digest {
  const chunk = 1024 * 1024;
  if (size <= chunk) return digestOfBytes(file.at(begins, size));
  const hash = startHash();
  for (let done = 0; done < size; done += chunk) hash.update(file.at(begins + done, Math.min(chunk, size - done)));
  return digestOf(hash);
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
