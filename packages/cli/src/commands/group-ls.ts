import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupLs = buildCommand<OutputFlags, [], Cli>({
  loader: async () => (await import("../work/group-ls.ts")).listGroups,
  parameters: { flags: { output: OUTPUT } },
  docs: documented(
    "List the groups that are being kept",
    "Lists the groups of every Muster that runs for this user: `serve`, and each `watch`.",
    "muster group ls",
    "muster group ls --output json",
  ),
});
