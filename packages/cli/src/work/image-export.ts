import { resolve } from "node:path";
import { exportImage } from "@muster/image";
import type { Cli } from "../cli.ts";
import { type ImageFlags, imageDirectory } from "./image-place.ts";

export async function exportImageTo(this: Cli, flags: ImageFlags, image: string, directory: string): Promise<void> {
  const to = resolve(this.cwd, directory);
  const exported = await exportImage(imageDirectory(this, flags), image, to);
  const { digest, name, isNew } = exported;
  const words = [...(name === undefined ? [] : [name]), digest, `in ${to}`, isNew ? "new" : "was there already"];
  this.out.write(flags.output === "json" ? `${JSON.stringify({ ...exported, dir: to })}\n` : `${words.join("  ")}\n`);
}
