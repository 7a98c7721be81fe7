import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ImportFlags } from "../work/import.ts";
import { documented, ENTRY_OUTPUT, SET } from "./flags.ts";

export const importThings = buildCommand<ImportFlags, [string, ...string[]], Cli>({
  loader: async () => (await import("../work/import.ts")).importThings,
  parameters: {
    flags: {
      output: ENTRY_OUTPUT,
      file: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "stack.yaml" },
        brief: "Put it into this stack; what is written there stays as it is",
      },
      set: SET,
    },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: { parse: String, placeholder: "type, id", brief: "A type, and the names or ids of its things" },
    },
  },
  docs: documented(
    "Write the declaration of what is there",
    "Writes what is there as entries of a stack: printed, or put into a file. The things are taken in by the next\n" +
      "`muster apply`, after `muster plan` has shown it.",
    "muster import file /etc/motd",
    "muster import droplet 3164494 3164495 --file shop.yaml",
  ),
});
