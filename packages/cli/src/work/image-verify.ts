import { type Digest, digestsIn, openImages } from "@muster/image";
import { MusterError } from "@muster/model";
import type { Cli } from "../cli.ts";
import { allOf } from "./image-errors.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

/** Goes on after one that was changed. Throws `image.changed` for each, and `image.unknown`. */
export async function verifyImages(this: Cli, flags: ImageFlags, ...named: readonly string[]): Promise<void> {
  const dir = imageDirectory(this, flags);
  const images = openImages(dir);
  const asked: readonly string[] = named.length > 0 ? named : digestsIn(dir);
  const errors: MusterError[] = [];
  for (const image of asked) {
    const found = verifiedBy(() => images.verified(images.digestOf(image)).digest);
    if (found instanceof MusterError) errors.push(found);
    const view = {
      image,
      whole: !(found instanceof MusterError),
      ...(found instanceof MusterError ? {} : { digest: found }),
    };
    this.out.write(
      flags.output === "json" ? `${JSON.stringify(view)}\n` : `${image}  ${view.whole ? "whole" : "is not whole"}\n`,
    );
  }
  if (asked.length === 0 && flags.output === "text") this.out.write(`No images in ${dir}.\n`);
  if (errors.length > 0) throw allOf(errors);
}

function verifiedBy(verify: () => Digest): Digest | MusterError {
  try {
    return verify();
  } catch (thrown) {
    if (thrown instanceof MusterError) return thrown;
    throw thrown;
  }
}
