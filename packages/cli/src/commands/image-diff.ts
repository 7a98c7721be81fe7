import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ImageFlags } from "../work/image-place.ts";
import { documented, OUTPUT } from "./flags.ts";
import { DIR, IMAGE } from "./image-flags.ts";

export const imageDiff = buildCommand<ImageFlags, [string, string], Cli>({
  loader: async () => (await import("../work/image-diff.ts")).compareImages,
  parameters: { flags: { output: OUTPUT, dir: DIR }, positional: { kind: "tuple", parameters: [IMAGE, IMAGE] } },
  docs: documented(
    "Tell what two images differ in",
    "Tells what two images differ in: kernel, command line, environment, ports, memory, health, and each file, with the\n" +
      "packages that they are from. Exit code 0: they are the same; 3: they differ.",
    "muster image diff hello sha256:0123456789ab",
  ),
});
