import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { HistoryFlags } from "../work/history.ts";
import { documented, GROUP, OUTPUT, SINCE } from "./flags.ts";

export const history = buildCommand<HistoryFlags, [string], Cli>({
  loader: async () => (await import("../work/history.ts")).showHistory,
  parameters: {
    flags: {
      output: OUTPUT,
      stack: { kind: "parsed", parse: String, optional: true, placeholder: "stack", brief: "The stack that it is of" },
      since: SINCE,
      limit: { kind: "parsed", parse: String, optional: true, placeholder: "n", brief: "Only the newest so many" },
    },
    positional: { kind: "tuple", parameters: [GROUP] },
  },
  docs: documented(
    "Show the record of one group",
    "Shows what happened to a group, newest last: when, what, who did it, whether it was asked for or put right, and what\n" +
      "changed. The newest 50; with --since all of them from then on. It is read from the store: no Muster need run.",
    "muster history garethr",
    "muster history shop/web --since 7d",
  ),
});
