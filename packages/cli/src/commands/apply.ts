import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ApplyFlags } from "../work/apply.ts";
import { documented, FILES, OUTPUT, SET, YES } from "./flags.ts";

export const apply = buildCommand<ApplyFlags, string[], Cli>({
  loader: async () => (await import("../work/apply.ts")).applyFiles,
  parameters: {
    flags: {
      output: OUTPUT,
      set: SET,
      yes: YES,
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
      "nobody can be asked, it needs --yes.",
    "muster apply garethr.json",
    "muster apply shop.yaml --yes --no-wait",
  ),
});
