import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceStats = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).showStats,
  parameters: {
    flags: { output: OUTPUT },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Show what an instance uses",
    "Shows what an instance uses now: names and values as its type tells them.",
    "muster instance stats web/0",
    "muster instance stats web/0 --output json",
  ),
});
