import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { InspectFlags } from "../work/image-inspect.ts";
import { documented, OUTPUT } from "./flags.ts";
import { DIR, IMAGE } from "./image-flags.ts";

export const imageInspect = buildCommand<InspectFlags, [string], Cli>({
  loader: async () => (await import("../work/image-inspect.ts")).inspectImage,
  parameters: {
    flags: {
      output: OUTPUT,
      dir: DIR,
      bom: { kind: "boolean", default: false, withNegated: false, brief: "Print its bill of materials (CycloneDX)" },
    },
    positional: { kind: "tuple", parameters: [IMAGE] },
  },
  docs: documented(
    "Show what an image is",
    "Shows the text that an image is, and how large its parts are; with --bom every file in it and the package that it is from.",
    "muster image inspect hello",
    "muster image inspect hello --bom",
  ),
});
