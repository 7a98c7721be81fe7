/** What images are called, and where they lie. What comes from a file or a person becomes part of a path only through here. */
import { MusterError } from "@muster/model";
import type { Digest } from "./image.ts";

const IMAGE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
export const IMAGE_NAME_RULE = "1 to 64 letters, digits, dots, dashes and underscores, not beginning with a dot";
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const FOLDER = /^sha256-([0-9a-f]{64})$/;
/** Beginnings shorter than this are no longer told apart by chance alone. Hex digits. */
const SHORT = 12;

export function isImageName(text: string): boolean {
  return IMAGE_NAME.test(text);
}

/** Throws `image.bad-name`. */
export function confirmName(name: string): void {
  if (!isImageName(name)) throw new MusterError("image.bad-name", { name: name.slice(0, 80), rule: IMAGE_NAME_RULE });
}

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** The beginning of a digest, `sha256:` and at least 4 digits. */
export function isBeginning(text: string): boolean {
  return /^sha256:[0-9a-f]{4,63}$/.test(text);
}

/** @param hex 64 digits in lower case */
export function digestOfHex(hex: string): Digest {
  return `sha256:${hex}`;
}

export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** For a line that a person reads: enough of it to be found again. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, "sha256:".length + SHORT);
}

/** The name of an image's directory. */
export function folderOf(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

/** Whose directory a name is; undefined where it is none. */
export function digestOfFolder(name: string): Digest | undefined {
  const hex = FOLDER.exec(name)?.[1];
  return hex === undefined ? undefined : digestOfHex(hex);
}
