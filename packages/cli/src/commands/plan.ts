import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { PlanFlags } from "../work/plan.ts";
import { ALLOW, documented, FILES, OUTPUT, PRUNE, SET } from "./flags.ts";

const PLAN_OUT = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "file.plan",
  brief: "Save the plan there, for `muster apply FILE.plan`",
} as const;

export const plan = buildCommand<PlanFlags, string[], Cli>({
  loader: async () => (await import("../work/plan.ts")).planFiles,
  parameters: { flags: { output: OUTPUT, set: SET, allow: ALLOW, prune: PRUNE, out: PLAN_OUT }, positional: FILES },
  docs: documented(
    "Tell what a declaration would do",
    "Tells what `muster apply` would do: the steps in their order, and how many members are away at most meanwhile. Nothing\n" +
      "is touched or written. Asks the Muster that keeps the stack, or `muster serve`; where none runs, it looks itself.\n" +
      "Exit code 0: nothing to do; 3: something; 4: it could not be told; 2: it would be refused.",
    "muster plan shop.yaml",
    "muster plan shop.yaml --output json",
    "muster plan shop.yaml --out shop.plan",
  ),
});
