import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceLs = buildCommand<OutputFlags, [string?], Cli>({
  loader: async () => (await import("../work/instance-ls.ts")).listInstances,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, optional: true, placeholder: "group", brief: "Only of this group: its name, or stack/name" },
      ],
    },
  },
  docs: documented(
    "List instances",
    "Lists the instances of a group, or of all groups that are being kept, each with its state and the reason for it.",
    "muster instance ls",
    "muster instance ls shop/web --output json",
  ),
});
