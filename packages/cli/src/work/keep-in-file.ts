/** A stream that is kept in a file of its own: whole, or not at all. */
import { access, constants, type FileHandle, lstat, open, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { MusterError, messageOf, systemCodeOf } from "@muster/model";

export interface FilePlace {
  /** As it was typed, and from which directory. */
  readonly file: string;
  readonly cwd: string;
  /** What is there of that name is to go. */
  readonly force: boolean;
}

/** Throws `usage.file-there` and `usage.bad-value` where no file of that name can be made. Touches nothing. */
export async function confirmFree({ file, cwd, force }: FilePlace): Promise<void> {
  const path = resolve(cwd, file);
  const refuse = (thrown: unknown) => {
    throw noPlace(file, messageOf(thrown));
  };
  await access(dirname(path), constants.W_OK | constants.X_OK).catch(refuse);
  const found = await lstat(path).catch((thrown: unknown) => {
    if (systemCodeOf(thrown) !== "ENOENT") refuse(thrown);
  });
  if (found === undefined) return;
  if (!force) throw new MusterError("usage.file-there", { file });
  // What is removed must be no more than a file: a device would be gone for everybody.
  if (!found.isFile()) throw noPlace(file, `${file} is there, and is no plain file`);
}

export interface Kept {
  readonly verb: string;
  readonly instance: string;
  /** Whether all of it has come, asked when no more comes. */
  isWhole(): boolean;
}

/**
 * Makes the file, for nobody but this user, when the first of the bytes is there, and answers how many there were. What was
 * there of that name is gone then. Throws what the stream throws and `instance.not-kept`: then it is taken away again, and so
 * it is where the bytes are not whole.
 */
export async function keepIn(place: FilePlace, bytes: AsyncIterable<Uint8Array>, about: Kept): Promise<number> {
  const path = resolve(place.cwd, place.file);
  const pieces = bytes[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (!about.isWhole()) return 0;
  const well = notKept(place.file, about);
  const handle = await well(makeAnew(path, place.force));
  let size = 0;
  let isKept = false;
  try {
    for (let step = first; step.done !== true; step = await pieces.next()) {
      await well(handle.writeFile(step.value));
      size += step.value.length;
    }
    isKept = about.isWhole();
  } finally {
    await handle.close();
    if (!isKept) await rm(path, { force: true });
    await pieces.return?.();
  }
  return size;
}

async function makeAnew(path: string, force: boolean): Promise<FileHandle> {
  if (force) await rm(path, { force: true });
  return open(path, "wx", 0o600);
}

function notKept(file: string, { verb, instance }: Kept) {
  return async <T>(doing: Promise<T>): Promise<T> => {
    try {
      return await doing;
    } catch (thrown) {
      throw new MusterError(
        "instance.not-kept",
        { file, verb, instance, detail: messageOf(thrown) },
        { cause: thrown },
      );
    }
  };
}

function noPlace(file: string, detail: string): MusterError {
  const wanted = `a path in a directory that is there, as --out ./${file.split("/").at(-1)}`;
  return new MusterError("usage.bad-value", { what: "--out", detail, wanted });
}
