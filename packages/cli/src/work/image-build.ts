import { type Built, buildImage } from "@muster/image";
import type { Cli } from "../cli.ts";
import { bytesText } from "../print/size.ts";
import { readManifest } from "./image-manifest.ts";
import { linuxOutfit } from "./image-outfit.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

export async function buildImageOf(this: Cli, flags: ImageFlags, file: string): Promise<void> {
  const { manifest, directory } = await readManifest(this, file);
  const built = await buildImage(manifest, {
    ...(await linuxOutfit()),
    dir: imageDirectory(this, flags),
    directory,
    env: this.env,
    print: this.err.write,
  });
  this.out.write(flags.output === "json" ? `${JSON.stringify(built)}\n` : textOf(built));
}

function textOf({ name, digest, size, isNew }: Built): string {
  return `${name}  ${digest}  ${bytesText(size)}  ${isNew ? "new" : "was there already"}\n`;
}
