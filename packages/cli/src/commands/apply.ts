import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ApplyFlags } from "../work/apply.ts";
import { ALLOW, documented, FILES, OUTPUT, PRUNE, SET, YES } from "./flags.ts";

export const apply = buildCommand<ApplyFlags, string[], Cli>({
  loader: async () => (await import("../work/apply.ts")).applyFiles,
  parameters: {
    flags: {
      output: OUTPUT,
      set: SET,
      yes: YES,
      allow: ALLOW,
      prune: PRUNE,
      detailedExitcodes: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Exit with 0: nothing to do, 2: changed, 4: failed, 6: changed and failed, 1: not begun",
      },
      wait: {
        kind: "boolean",
        default: true,
        brief: "Wait until everything is as declared; where no Muster runs, always",
      },
    },
    positional: FILES,
  },
  docs: documented(
    "Declare a stack once",
    "Hands the stack to the Muster that keeps it, or to `muster serve`. Where none runs, it makes what is declared and\n" +
      "ends: then it waits in any case, because nobody else goes on with it. Shows first what would happen and asks; where\n" +
      "nobody can be asked, it needs --yes. A saved plan (`muster plan --out FILE.plan`) is done without asking, if what it was\n" +
      "made from is still so.",
    "muster apply garethr.json",
    "muster apply shop.yaml --yes --no-wait",
    "muster plan shop.yaml --out shop.plan && muster apply shop.plan",
  ),
});
