import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupScale = buildCommand<OutputFlags, [string, string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).scaleGroup,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [GROUP, { parse: String, placeholder: "size", brief: "How many members; 0 is a size too" }],
    },
  },
  docs: documented(
    "Change how many members a group has",
    "Changes the size in the declaration that is being kept; the file it came from stays as it is.",
    "muster group scale garethr 3",
  ),
});
