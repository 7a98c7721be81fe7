import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const types = buildCommand<OutputFlags, [], Cli>({
  loader: async () => (await import("../work/types.ts")).listTypes,
  parameters: { flags: { output: OUTPUT } },
  docs: documented(
    "List the types there are",
    "Lists the types that things can be of, those of the plugins that answer included: how a thing is known again (by marks\n" +
      "that it bears, or by a claim in the store), what names it, and whether groups can be made of it.",
    "muster types",
  ),
});
