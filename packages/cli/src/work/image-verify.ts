import { type Digest, digestsIn, type Images, namesIn, openImages } from "@muster/image";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { allOf } from "./image-errors.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

/** Goes on after one that was changed. Throws `image.changed` for each, and `image.unknown`. */
export async function verifyImages(this: Cli, flags: ImageFlags, ...named: string[]): Promise<void> {
  const dir = imageDirectory(this, flags);
  const images = openImages(dir);
  const asked = named.length > 0 ? named : allIn(dir);
  const failures: MusterError[] = [];
  for (const image of asked) {
    const view = viewOf(image, images, failures);
    this.out.write(flags.output === "json" ? `${JSON.stringify(view)}\n` : textOf(view));
  }
  if (asked.length === 0 && flags.output === "text") this.out.write(`No images in ${dir}.\n`);
  if (failures.length > 0) throw allOf(failures);
}

/** By name; by digest where no name means it. */
function allIn(dir: string): readonly string[] {
  const names = namesIn(dir);
  const meant = new Set(names.values());
  return [...names.keys(), ...digestsIn(dir).filter((digest) => !meant.has(digest))];
}

/** As `--output json` shows it, one a line. */
interface VerifyView {
  /** As it was asked for. */
  readonly image: string;
  readonly whole: boolean;
  /** Missing where it is not whole. */
  readonly digest?: Digest;
}

function viewOf(image: string, images: Images, failures: MusterError[]): VerifyView {
  try {
    const { digest } = images.verified(images.digestOf(image));
    return { image, whole: true, digest };
  } catch (thrown) {
    if (!(thrown instanceof MusterError)) throw thrown;
    failures.push(thrown);
    return { image, whole: false };
  }
}

function textOf({ image, digest }: VerifyView): string {
  return digest === undefined ? `${image}  not whole\n` : `${image}  ${digest}  whole\n`;
}
