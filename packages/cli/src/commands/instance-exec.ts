import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE } from "./flags.ts";

export interface ExecFlags {
  readonly input: boolean;
}

export const instanceExec = buildCommand<ExecFlags, string[], Cli>({
  loader: async () => (await import("../work/instance-exec.ts")).execInInstance,
  parameters: {
    flags: {
      input: { kind: "boolean", default: false, withNegated: false, brief: "Give the command what is read here" },
    },
    aliases: { i: "input" },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        parse: String,
        placeholder: "instance command",
        brief: `${INSTANCE.brief}; and a command with its words`,
      },
    },
  },
  docs: documented(
    "Run a command where an instance runs",
    "Runs a command as the instance sees the world, without a shell, and prints what it prints. It is given nothing to read,\n" +
      "unless with --input, and Ctrl-C ends it. Who asked for it stands in the history, with the first word, the number of\n" +
      "the others, and that it was given something to read.\n" +
      "The exit code is the command's, also where it is 126 or 127; 128 and the signal's number where a signal ended it;\n" +
      "130 after Ctrl-C. Where it could not be run, there is an error, and the exit code is 2 or 1.",
    "muster instance exec web/0 -- ls -l",
    `muster instance exec web/0 -- sh -c 'echo "$HOME"'`,
    "muster instance exec -i db/0 -- psql shop < dump.sql",
  ),
});
