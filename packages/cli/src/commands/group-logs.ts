import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, FOLLOW, GROUP, LINES, LOG_ALIASES, type LogFlags } from "./flags.ts";

export const groupLogs = buildCommand<LogFlags, [string], Cli>({
  loader: async () => (await import("../work/group-logs.ts")).showGroupLogs,
  parameters: {
    flags: { follow: FOLLOW, lines: LINES },
    aliases: LOG_ALIASES,
    positional: { kind: "tuple", parameters: [GROUP] },
  },
  docs: documented(
    "Show what the members of a group print",
    "Shows what all members have printed, line by line, each line behind its member's name. With --follow it goes on, also with\n" +
      "members that come later, until Ctrl-C; --lines counts for each member.",
    "muster group logs web --lines 5",
    "muster group logs -f shop/web",
  ),
});
