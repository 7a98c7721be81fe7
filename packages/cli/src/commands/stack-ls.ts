import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const stackLs = buildCommand<OutputFlags, [], Cli>({
  loader: async () => (await import("../work/stack-ls.ts")).listStacks,
  parameters: { flags: { output: OUTPUT } },
  docs: documented(
    "List the stacks that are being kept",
    "Lists the stacks of every Muster that runs for this user, `serve` and each `watch`, and how many of their groups and\n" +
      "resources are as declared.",
    "muster stack ls",
    "muster stack ls --output json",
  ),
});
