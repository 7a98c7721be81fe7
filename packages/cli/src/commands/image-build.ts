import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ImageFlags } from "../work/image-place.ts";
import { documented, OUTPUT } from "./flags.ts";
import { DIR } from "./image-flags.ts";

export const imageBuild = buildCommand<ImageFlags, [string], Cli>({
  loader: async () => (await import("../work/image-build.ts")).buildImageOf,
  parameters: {
    flags: { output: OUTPUT, dir: DIR },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, placeholder: "file", brief: "A manifest in YAML, JSON or TypeScript" }],
    },
  },
  docs: documented(
    "Build an image from its manifest",
    "Runs what the manifest names under `build`, takes the parts, and lets the image's name mean what came of it. The same\n" +
      "manifest and the same files give the same digest. What the build prints goes to the error stream.",
    "muster image build hello.yaml",
    "muster image build hello.yaml --output json",
  ),
});
