import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ImageFlags } from "../work/image-place.ts";
import { documented, OUTPUT } from "./flags.ts";
import { DIR, IMAGE } from "./image-flags.ts";

export const imageVerify = buildCommand<ImageFlags, string[], Cli>({
  loader: async () => (await import("../work/image-verify.ts")).verifyImages,
  parameters: { flags: { output: OUTPUT, dir: DIR }, positional: { kind: "array", parameter: IMAGE } },
  docs: documented(
    "Verify that images are what their digests say",
    "Reads every part of the images, of all that are here unless some are named, and compares its digest. Exit code 1, with\n" +
      "the part, where one was changed.",
    "muster image verify",
    "muster image verify hello",
  ),
});
