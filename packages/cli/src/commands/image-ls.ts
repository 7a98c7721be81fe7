import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ImageFlags } from "../work/image-place.ts";
import { documented, OUTPUT } from "./flags.ts";
import { DIR } from "./image-flags.ts";

export const imageLs = buildCommand<ImageFlags, [], Cli>({
  loader: async () => (await import("../work/image-ls.ts")).listImages,
  parameters: { flags: { output: OUTPUT, dir: DIR } },
  docs: documented(
    "List the images that are here",
    "Lists the images that are here, by name; those that no name means any more come last. Parts are not read: `muster image\n" +
      "verify` does that.",
    "muster image ls",
  ),
});
