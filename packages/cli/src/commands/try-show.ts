import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";
import { TRY } from "./try-flags.ts";

export interface TryShowFlags extends OutputFlags {
  readonly events: boolean;
}

export const tryShow = buildCommand<TryShowFlags, [string], Cli>({
  loader: async () => (await import("../work/try-ls.ts")).showTry,
  parameters: {
    flags: {
      output: OUTPUT,
      events: {
        ...{ kind: "boolean", default: false, withNegated: false },
        brief: "Also tell what was done in steps that have passed",
      },
    },
    positional: { kind: "tuple", parameters: [TRY] },
  },
  docs: documented(
    "Show again what came of a try",
    "Shows what `muster try` has shown of one copy, also when nothing else is left of it.",
    "muster try show c3a01b",
  ),
});
