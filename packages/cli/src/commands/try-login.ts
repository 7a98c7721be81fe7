import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented } from "./flags.ts";

export const tryLogin = buildCommand<object, string[], Cli>({
  loader: async () => (await import("../work/try-member.ts")).loginToTry,
  parameters: {
    flags: {},
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        parse: String,
        placeholder: "try member command",
        brief:
          "A try's id; a member, as web/0, where there is more than one; and a command with its words: sh unless told",
      },
    },
  },
  docs: documented(
    "Run a shell or a command where a member of a kept try runs",
    "Runs a command as the member sees the world, and gives it what is typed, line by line: it has no terminal of its own. Its\n" +
      "exit code is the command's.",
    "muster try login c3a01b",
    "muster try login c3a01b web/0 ps aux",
  ),
});
