import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceSnapshot = buildCommand<OutputFlags, [string, string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).takeSnapshot,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [
        INSTANCE,
        { parse: String, placeholder: "name", brief: "What to call it: letters, digits, `.`, `_` and `-`" },
      ],
    },
  },
  docs: documented(
    "Keep how an instance is",
    "Keeps how an instance is now, under a name: `muster instance restore` takes it back there.",
    "muster instance snapshot web/0 before",
  ),
});
