import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceRestore = buildCommand<OutputFlags, [string, string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).restoreSnapshot,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [INSTANCE, { parse: String, placeholder: "name", brief: "As it was called" }],
    },
  },
  docs: documented(
    "Take an instance back to how it was kept",
    "Takes an instance back to how it was when `muster instance snapshot` kept it.",
    "muster instance restore web/0 before",
  ),
});
