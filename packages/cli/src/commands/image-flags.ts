/** Flags and words of the commands about images. */
import type { SetFlags } from "./flags.ts";

export const DIR = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "directory",
  brief: "Where the images are: $MUSTER_IMAGE_DIR unless told, else images in Muster's state directory",
} as const;

export interface DirFlags {
  readonly dir?: string;
}

/** Of `muster image run`. */
export interface RunFlags extends DirFlags, SetFlags {
  readonly as: "vm" | "process";
  readonly port?: readonly string[];
  readonly env?: readonly string[];
  readonly try: boolean;
  readonly within: string;
}

export const IMAGE = {
  parse: String,
  placeholder: "image",
  brief: "An image's name, or its digest or how that begins: sha256:0123456789ab",
} as const;
