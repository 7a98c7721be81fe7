import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export interface TryLsFlags extends OutputFlags {
  readonly all: boolean;
}

export const tryLs = buildCommand<TryLsFlags, [], Cli>({
  loader: async () => (await import("../work/try-ls.ts")).listTries,
  parameters: {
    flags: {
      output: OUTPUT,
      all: { kind: "boolean", default: false, withNegated: false, brief: "Also those that are over: the last fifty" },
    },
    positional: { kind: "tuple", parameters: [] },
  },
  docs: documented(
    "List tries",
    "Lists the tries of which something is there: under way, kept, or left behind.",
    "muster try ls",
    "muster try ls --all",
  ),
});
