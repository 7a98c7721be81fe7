import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { EventsFlags } from "../work/events.ts";
import { documented, OUTPUT, SINCE, STACK } from "./flags.ts";

export const events = buildCommand<EventsFlags, [string?], Cli>({
  loader: async () => (await import("../work/events.ts")).showEvents,
  parameters: {
    flags: {
      output: OUTPUT,
      follow: { kind: "boolean", default: false, withNegated: false, brief: "Go on with what happens" },
      since: SINCE,
      group: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "group",
        brief: "Only of this group: its name, or stack/name",
      },
      type: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "type[,type]",
        brief: "Only of these types, as instance.created, or of all of a kind, as rollout",
      },
    },
    positional: { kind: "tuple", parameters: [STACK] },
  },
  docs: documented(
    "Show what happened",
    "Shows the newest events of the history, oldest first; with --since all of them from then on.",
    "muster events --since 1h",
    "muster events garethr --follow --type rollout,instance.failed",
  ),
});
