import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { EventsFlags } from "../work/events.ts";
import { documented, OUTPUT } from "./flags.ts";

export const events = buildCommand<EventsFlags, [string?], Cli>({
  loader: async () => (await import("../work/events.ts")).showEvents,
  parameters: {
    flags: {
      output: OUTPUT,
      follow: { kind: "boolean", default: false, withNegated: false, brief: "Go on with what happens" },
      since: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "time",
        brief: "Not before: 30s, 15m, 2h, 7d ago, or a date as 2026-01-31T14:00",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, optional: true, placeholder: "stack", brief: "Only of this stack" }],
    },
  },
  docs: documented(
    "Show what happened",
    "Shows the newest events of the history, oldest first; with --since all of them from then on.",
    "muster events --since 1h",
    "muster events garethr --follow",
  ),
});
