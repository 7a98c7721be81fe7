/** A directory of images: how something comes to be in it in one step, and what those that died halfway leave is swept. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { MusterError, messageOf, systemCodeOf } from "@muster/model";
import type { Digest } from "./image.ts";
import { confirmName, folderOf, hexOf } from "./names.ts";
import { digestOf, digestOfBytes, type Measured, type OpenFile, startHash, Unreadable, withFile } from "./reading.ts";

export const NAMES = "names";
export const PARTS = { text: "image.json", kernel: "kernel", initrd: "initrd", bom: "bom.json" } as const;

/** What is being made stands beside what is there: where it is made, and the number and start of the process that makes it. */
const MAKING = /^\.making-([0-9a-f]{8})-(\d{1,10})-(\d{0,20})-\d{1,10}$/;
/** Of another machine's processes nothing is known here. Nothing is made for so long, in milliseconds. */
const LONGEST_MS = 86_400_000;
let made = 0;

/** Makes the directory where it is not there, and sweeps it. Throws `image.disk`. */
export function openHome(dir: string): void {
  onDisk(dir, () => {
    mkdirSync(join(dir, NAMES), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(dir)) {
      if (isLeft(dir, name)) rmSync(join(dir, name), { recursive: true, force: true });
    }
  });
}

function isLeft(dir: string, name: string): boolean {
  const [, where, pid, started] = MAKING.exec(name) ?? [];
  if (pid === undefined) return false;
  if (where === here()) return (startOf(pid) ?? "") !== started;
  const stats = statSync(join(dir, name), { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > LONGEST_MS;
}

/** A path beside the images that nobody else uses. */
export function placeToMake(dir: string): string {
  made++;
  return join(dir, `.making-${here()}-${process.pid}-${startOf(String(process.pid)) ?? ""}-${made}`);
}

/**
 * Where a process's number means this process: this start of this machine, and this room of it, for containers have numbers of
 * their own. Where the system does not tell, the machine's name has to do.
 */
export function here(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    return hexOf(digestOfBytes(Buffer.from(`${boot}${readlinkSync("/proc/self/ns/pid")}`))).slice(0, 8);
  } catch (thrown) {
    if (systemCodeOf(thrown) === undefined) throw thrown;
    return hexOf(digestOfBytes(Buffer.from(hostname()))).slice(0, 8);
  }
}

/** When a process began, in the kernel's ticks: a pid alone is used again. Undefined where none is, or none is shown. */
function startOf(pid: string): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch (thrown) {
    if (["ENOENT", "ESRCH", "ENOTDIR"].includes(systemCodeOf(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

/** Makes a directory for an image to be made in; it is gone when this returns, unless it was given its place. */
export async function whileMaking<T>(dir: string, make: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = placeToMake(dir);
  try {
    onDisk(dir, () => mkdirSync(folder, { mode: 0o700 }));
    return await make(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a file that is then only read. What it is given to write is on the disk when it returns. Throws `image.disk`. */
export function writePart<T>(dir: string, path: string, write: (put: (bytes: Uint8Array) => void) => T): T {
  const descriptor = onDisk(dir, () => openSync(path, "wx", 0o600));
  try {
    // What `write` reads may fail too, and that is another failure.
    const result = write((bytes) =>
      onDisk(dir, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      }),
    );
    onDisk(dir, () => {
      fsyncSync(descriptor);
      fchmodSync(descriptor, 0o444);
    });
    return result;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies a file to become a part, and measures what was copied.
 *
 * @throws `image.bad-file` where it is no plain file, is too large, or changes meanwhile; `image.disk`
 */
export function copyPart(
  from: string,
  to: string,
  { dir, limit, follow }: { readonly dir: string; readonly limit: number; readonly follow: boolean },
): Measured {
  const copy = (file: OpenFile): Measured =>
    writePart(dir, to, (put) => {
      const hash = startHash();
      for (const piece of file.pieces()) {
        hash.update(piece);
        put(piece);
      }
      return { digest: digestOf(hash), size: file.size };
    });
  return readingSource(from, () => withFile(from, limit, copy, follow));
}

/** Throws `image.bad-file` where a file that is to become a part cannot be read, or changes meanwhile. */
export function readingSource<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const isUnreadable = thrown instanceof Unreadable;
    if (!isUnreadable && systemCodeOf(thrown) === undefined) throw thrown;
    const detail = isUnreadable ? `it ${thrown.message}` : messageOf(thrown);
    const fix = "See that it can be read, and that nothing writes to it meanwhile.";
    throw new MusterError("image.bad-file", { file, detail, fix }, { cause: thrown });
  }
}

/**
 * Gives an image that was made its place, where there is none, or none that is whole.
 *
 * @param isWhole whether what is in its place now is what it should be
 * @returns true: it is new; false: it was there already
 */
export function putInPlace(dir: string, folder: string, digest: Digest, isWhole: () => boolean): boolean {
  return onDisk(dir, () => {
    const place = join(dir, folderOf(digest));
    flush(folder);
    if (!moved(folder, place)) {
      if (isWhole()) return false;
      const aside = placeToMake(dir);
      renameSync(place, aside);
      rmSync(aside, { recursive: true, force: true });
      // Somebody else may have put a whole one there meanwhile.
      if (!moved(folder, place)) return false;
    }
    flush(dir);
    return true;
  });
}

/** False where something is there. */
function moved(folder: string, place: string): boolean {
  try {
    renameSync(folder, place);
    return true;
  } catch (thrown) {
    if (["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(systemCodeOf(thrown) ?? "")) return false;
    throw thrown;
  }
}

/** Lets a name mean an image from now on. Throws `image.bad-name`, `image.disk`. */
export function setName(dir: string, name: string, digest: Digest): void {
  confirmName(name);
  const making = placeToMake(dir);
  onDisk(dir, () => {
    try {
      writePart(dir, making, (put) => put(Buffer.from(`${digest}\n`)));
      renameSync(making, join(dir, NAMES, name));
      flush(join(dir, NAMES));
    } finally {
      rmSync(making, { force: true });
    }
  });
}

/** A rename is on the disk when its directory is. */
function flush(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What the system refuses, in words of the table. */
export function onDisk<T>(dir: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (systemCodeOf(thrown) === undefined) throw thrown;
    throw new MusterError("image.disk", { dir, detail: messageOf(thrown) }, { cause: thrown });
  }
}
