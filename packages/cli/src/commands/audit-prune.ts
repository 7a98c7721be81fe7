import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { PruneFlags } from "../work/audit-prune.ts";
import { documented, OUTPUT, STACK, YES } from "./flags.ts";

export const auditPrune = buildCommand<PruneFlags, [string?], Cli>({
  loader: async () => (await import("../work/audit-prune.ts")).pruneHistory,
  parameters: {
    flags: {
      output: OUTPUT,
      yes: YES,
      keep: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "span",
        brief: "Drop what is older than this: 90d",
      },
      before: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "time",
        brief: "Drop what is from before: a date as 2026-01-31T14:00",
      },
    },
    positional: { kind: "tuple", parameters: [STACK] },
  },
  docs: documented(
    "Drop the beginning of the history",
    "Drops the oldest events of every stack, or of one, for good. What stays can still be verified, and the history says\n" +
      "who dropped how much. How the groups stood at that point is kept. Nothing of a broken history is dropped. Asks\n" +
      "first; where nobody can be asked, it needs --yes.",
    "muster audit prune --keep 90d --yes",
    "muster audit prune shop --before 2026-01-01",
  ),
});
