import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, FOLLOW, INSTANCE, LINES, LOG_ALIASES, type LogFlags } from "./flags.ts";

export const instanceLogs = buildCommand<LogFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-logs.ts")).showLogs,
  parameters: {
    flags: { follow: FOLLOW, lines: LINES },
    aliases: LOG_ALIASES,
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Show what an instance has printed",
    "Shows what an instance has printed, oldest first; with --follow until it has ended, or Ctrl-C. To a pipe or a file it\n" +
      "goes byte for byte; on a terminal, what would command the terminal is made harmless.",
    "muster instance logs web/0 --lines 20",
    "muster instance logs -f web/0",
  ),
});
