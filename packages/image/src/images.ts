/** Images that are there: by name, by digest, and whether they still are what their digests say. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { didYouMean, MusterError, messageOf, nearest, systemCodeOf } from "@muster/model";
import { MAX_IMAGES, MAX_INITRD, MAX_KERNEL, MAX_TEXT } from "./bounds.ts";
import { NAMES, onDisk, PARTS } from "./home.ts";
import type { Digest, Image, Images, ImageText } from "./image.ts";
import { digestOfFolder, folderOf, isBeginning, isDigest, isImageName } from "./names.ts";
import { digestOfBytes, measure, readSmall, Unreadable } from "./reading.ts";
import { textOfBytes } from "./text.ts";

/** The images of a directory, which need not be there. Nothing is written. */
export function openImages(dir: string): Images {
  return {
    dir,
    digestOf: (nameOrDigest) => digestOfWord(dir, nameOrDigest),
    verified(digest) {
      if (!isThere(dir, digest)) throw unknown(dir, digest);
      return verifiedIn(join(dir, folderOf(digest)), digest);
    },
  };
}

function digestOfWord(dir: string, word: string): Digest {
  if (isDigest(word)) {
    if (isThere(dir, word)) return word;
    throw unknown(dir, word);
  }
  if (isBeginning(word)) return onlyOne(dir, word);
  const digest = isImageName(word) ? digestOfName(dir, word) : undefined;
  if (digest === undefined || !isThere(dir, digest)) throw unknown(dir, word);
  return digest;
}

function onlyOne(dir: string, beginning: string): Digest {
  const [first, ...others] = digestsIn(dir).filter((digest) => digest.startsWith(beginning));
  if (first === undefined) throw unknown(dir, beginning);
  if (others.length === 0) return first;
  throw new MusterError("image.ambiguous", { image: beginning, images: [first, ...others].join(", ") });
}

function unknown(dir: string, image: string): MusterError {
  const words = { image: image.slice(0, 80), dir, nearest: didYouMean(nearest(image, namesIn(dir).keys())) };
  return new MusterError("image.unknown", words);
}

function isThere(dir: string, digest: Digest): boolean {
  return onDisk(dir, () => unlessMissing(() => lstatSync(join(dir, folderOf(digest))).isDirectory()) ?? false);
}

/** What the file of a name says; undefined where there is none, or it says no digest. */
function digestOfName(dir: string, name: string): Digest | undefined {
  return onDisk(dir, () => {
    const bytes = unlessUnreadable(() => readSmall(join(dir, NAMES, name), 200));
    const word = Buffer.from(bytes ?? [])
      .toString("latin1")
      .trimEnd();
    return isDigest(word) ? word : undefined;
  });
}

/** All names with what they mean, in their order; those whose image is gone too. Throws `image.too-large`, `image.disk`. */
export function namesIn(dir: string): ReadonlyMap<string, Digest> {
  const names = filesIn(dir, join(dir, NAMES)).filter(isImageName);
  const meant = names.map((name) => [name, digestOfName(dir, name)] as const);
  return new Map(meant.filter((each): each is readonly [string, Digest] => each[1] !== undefined));
}

/** The digests of all images, in their order. Throws `image.too-large`, `image.disk`. */
export function digestsIn(dir: string): readonly Digest[] {
  return filesIn(dir, dir).flatMap((name) => digestOfFolder(name) ?? []);
}

function filesIn(dir: string, directory: string): readonly string[] {
  const names = onDisk(dir, () => unlessMissing(() => readdirSync(directory)) ?? []);
  if (names.length <= MAX_IMAGES) return names.sort();
  throw new MusterError("image.too-large", { what: directory, found: `${names.length} entries`, limit: MAX_IMAGES });
}

/**
 * An image in a directory of its own, wherever that is: every part is read and compared.
 *
 * @throws `image.changed`, `image.disk`
 */
export function verifiedIn(folder: string, digest: Digest): Image {
  const text = textIn(folder, digest);
  const part = (name: "kernel" | "initrd", wanted: Digest, limit: number): string => {
    const path = join(folder, PARTS[name]);
    const found = readingPart(folder, digest, name, () => measure(path, limit).digest);
    if (found !== wanted) throw changed(digest, name, `has the digest ${found}, and not ${wanted}`);
    return path;
  };
  const kernel = part("kernel", text.kernel, MAX_KERNEL);
  if (text.initrd === undefined) return { digest, text, kernel };
  return { digest, text, kernel, initrd: part("initrd", text.initrd, MAX_INITRD) };
}

/** The text of an image, compared with its digest. */
function textIn(folder: string, digest: Digest): ImageText {
  const bytes = readingPart(folder, digest, PARTS.text, () => readSmall(join(folder, PARTS.text), MAX_TEXT));
  const found = digestOfBytes(bytes);
  if (found !== digest) throw changed(digest, PARTS.text, `has the digest ${found}`);
  const text = textOfBytes(bytes);
  if (text === undefined) throw changed(digest, PARTS.text, "is no text of an image that this Muster knows");
  return text;
}

function readingPart<T>(folder: string, digest: Digest, part: string, read: () => T): T {
  try {
    return onDisk(folder, () => {
      const found = unlessMissing(read);
      if (found === undefined) throw new Unreadable("is not there");
      return found;
    });
  } catch (thrown) {
    if (thrown instanceof Unreadable) throw changed(digest, part, messageOf(thrown));
    throw thrown;
  }
}

function changed(digest: Digest, part: string, detail: string): MusterError {
  return new MusterError("image.changed", { image: digest, part, detail });
}

/** Whether an image is there, and is what its digest says. */
export function isWhole(dir: string, digest: Digest): boolean {
  try {
    openImages(dir).verified(digest);
    return true;
  } catch (thrown) {
    if (thrown instanceof MusterError && (thrown.code === "image.changed" || thrown.code === "image.unknown"))
      return false;
    throw thrown;
  }
}

/** An image as a list shows it: nothing of it but its text has been read. */
export interface ListedImage {
  readonly digest: Digest;
  /** None, where only its digest leads to it. */
  readonly names: readonly string[];
  readonly text: ImageText;
  /** Bytes of each part that there is. */
  readonly sizes: Readonly<Partial<Record<keyof typeof PARTS, number>>>;
  /** When it came to be here, in milliseconds since 1970. */
  readonly at: number;
}

/** Throws `image.unknown`, `image.changed`. */
export function listedImage(dir: string, digest: Digest, names = namesIn(dir)): ListedImage {
  if (!isThere(dir, digest)) throw unknown(dir, digest);
  const folder = join(dir, folderOf(digest));
  const text = textIn(folder, digest);
  const stats = Object.entries(PARTS).flatMap(([part, file]) => {
    const found = onDisk(dir, () => unlessMissing(() => lstatSync(join(folder, file))));
    return found === undefined ? [] : [{ part, found }];
  });
  return {
    digest,
    names: [...names].filter(([, meant]) => meant === digest).map(([name]) => name),
    text,
    sizes: Object.fromEntries(stats.map(({ part, found }) => [part, found.size])),
    at: Math.trunc(stats.find(({ part }) => part === "text")?.found.mtimeMs ?? 0),
  };
}

/** Bytes of what is booted, and of its text. */
export function sizeOf({ sizes: { text = 0, kernel = 0, initrd = 0 } }: Pick<ListedImage, "sizes">): number {
  return text + kernel + initrd;
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    // A link where a file should be.
    if (systemCodeOf(thrown) === "ELOOP") throw new Unreadable("is a link");
    throw thrown;
  }
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return unlessMissing(read);
  } catch (thrown) {
    if (thrown instanceof Unreadable) return undefined;
    throw thrown;
  }
}
