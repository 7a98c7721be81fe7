import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, FOLLOW, LINES, LOG_ALIASES, type LogFlags } from "./flags.ts";
import { TRY, TRY_MEMBER } from "./try-flags.ts";

export const tryLogs = buildCommand<LogFlags, [string, string?], Cli>({
  loader: async () => (await import("../work/try-member.ts")).showTryLogs,
  parameters: {
    flags: { follow: FOLLOW, lines: LINES },
    aliases: LOG_ALIASES,
    positional: { kind: "tuple", parameters: [TRY, TRY_MEMBER] },
  },
  docs: documented(
    "Show what members of a kept try have printed",
    "Shows what a member has printed; of several, one after the other, each below its name.",
    "muster try logs c3a01b",
    "muster try logs -f c3a01b web/0",
  ),
});
