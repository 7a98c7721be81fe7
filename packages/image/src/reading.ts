/** Reading files that others may have touched: only plain files, never more than a bound, and one pass over the bytes. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import type { Digest } from "./image.ts";
import { digestOfHex } from "./names.ts";

const CHUNK = 1024 * 1024;

/** Why a file cannot be read as what it should be; whoever asked says which file, and for what. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** A plain file, open. */
export interface OpenFile {
  readonly size: number;
  readonly stats: Stats;
  /** The bytes from an offset on; fewer where the file ends. */
  at(offset: number, length: number): Uint8Array;
  /** All bytes, piece by piece; a piece is good until the next one. Throws Unreadable where they are not as many as before. */
  pieces(): Iterable<Uint8Array>;
}

/**
 * Opens a file for as long as it is used. What is no plain file is refused before anything waits on it.
 *
 * @param follow a link in the place of the file is followed
 * @throws Unreadable, and what the system throws
 */
export function withFile<T>(path: string, limit: number, use: (file: OpenFile) => T, follow = false): T {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
  const descriptor = openSync(path, flags);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Unreadable("is no file");
    if (stats.size > limit) throw new Unreadable(`has ${stats.size} bytes, and ${limit} at most can be`);
    return use(openedFile(descriptor, stats));
  } finally {
    closeSync(descriptor);
  }
}

function openedFile(descriptor: number, stats: Stats): OpenFile {
  return {
    size: stats.size,
    stats,
    at(offset, length) {
      const buffer = new Uint8Array(length);
      let filled = 0;
      for (let read = -1; filled < length && read !== 0; filled += read) {
        read = readSync(descriptor, buffer, filled, length - filled, offset + filled);
      }
      return buffer.subarray(0, filled);
    },
    *pieces() {
      const buffer = new Uint8Array(Math.min(CHUNK, Math.max(1, stats.size)));
      let done = 0;
      while (done < stats.size) {
        const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, stats.size - done), done);
        if (read === 0) throw new Unreadable("became shorter while it was read");
        done += read;
        yield buffer.subarray(0, read);
      }
      if (readSync(descriptor, new Uint8Array(1), 0, 1, done) > 0) throw new Unreadable("grew while it was read");
    },
  };
}

export interface Measured {
  readonly digest: Digest;
  readonly size: number;
}

/** Throws Unreadable, and what the system throws. */
export function measure(path: string, limit: number): Measured {
  return withFile(path, limit, (file) => {
    const hash = startHash();
    for (const piece of file.pieces()) hash.update(piece);
    return { digest: digestOf(hash), size: file.size };
  });
}

/** The whole of a small file. Throws Unreadable, and what the system throws. */
export function readSmall(path: string, limit: number, follow = false): Uint8Array {
  return withFile(path, limit, (file) => file.at(0, file.size), follow);
}

export function startHash(): Hash {
  return createHash("sha256");
}

/** Ends a hash. */
export function digestOf(hash: Hash): Digest {
  return digestOfHex(hash.digest("hex"));
}

export function digestOfBytes(bytes: Uint8Array): Digest {
  return digestOf(startHash().update(bytes));
}
