import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ImageFlags } from "../work/image-place.ts";
import { documented, OUTPUT } from "./flags.ts";
import { DIR, IMAGE } from "./image-flags.ts";

export const imageExport = buildCommand<ImageFlags, [string, string], Cli>({
  loader: async () => (await import("../work/image-export.ts")).exportImageTo,
  parameters: {
    flags: { output: OUTPUT, dir: DIR },
    positional: {
      kind: "tuple",
      parameters: [IMAGE, { parse: String, placeholder: "directory", brief: "Another directory of images" }],
    },
  },
  docs: documented(
    "Copy an image into another directory of images",
    "Copies an image, with its name, into another directory of images: a disk that is carried elsewhere, or one that many\n" +
      "machines see. It is verified before and after, and is there in one step. To import is to export from there.",
    "muster image export hello /mnt/images",
    "muster image export hello ~/.local/state/muster/images --dir /mnt/images",
  ),
});
