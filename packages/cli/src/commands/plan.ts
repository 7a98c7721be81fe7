import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { PlanFlags } from "../work/plan.ts";
import { documented, FILES, OUTPUT, SET } from "./flags.ts";

export const plan = buildCommand<PlanFlags, string[], Cli>({
  loader: async () => (await import("../work/plan.ts")).planFiles,
  parameters: { flags: { output: OUTPUT, set: SET }, positional: FILES },
  docs: documented(
    "Tell what a declaration would do",
    "Tells what `muster apply` would do: the steps in their order, and how many members are away at most meanwhile. Nothing\n" +
      "is touched or written. Asks the Muster that keeps the stack, or `muster serve`; where none runs, it looks itself.\n" +
      "Exit code 0: nothing to do; 3: something; 4: it could not be told; 2: it would be refused.",
    "muster plan shop.yaml",
    "muster plan shop.yaml --output json",
  ),
});
