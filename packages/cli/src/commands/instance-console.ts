import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, FOLLOW, INSTANCE, LINES, LOG_ALIASES, type LogFlags } from "./flags.ts";

export interface ConsoleFlags extends LogFlags {
  readonly input: boolean;
}

export const instanceConsole = buildCommand<ConsoleFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-console.ts")).showConsole,
  parameters: {
    flags: {
      follow: { ...FOLLOW, brief: "Go on with what is shown" },
      lines: LINES,
      input: { kind: "boolean", default: false, withNegated: false, brief: "Type there what is typed or given here" },
    },
    aliases: { ...LOG_ALIASES, i: "input" },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Show an instance's console, and type into it",
    "Shows what an instance shows on its console, oldest first; with --follow until it has ended, or Ctrl-C. With --input, what\n" +
      "is given here is typed there. At a terminal that is each key, Ctrl-C too, as in --follow: Ctrl-] leaves the console, and\n" +
      "the instance goes on. What is given by a pipe or a file is typed to its end. Who types stands in the history, and never\n" +
      "what. On a terminal, what would command the terminal is made harmless.",
    "muster instance console web/0 --lines 20",
    "muster instance console -i web/0",
    "echo halt | muster instance console -i web/0",
  ),
});
