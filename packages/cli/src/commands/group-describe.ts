import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { DescribeFlags } from "../work/group-describe.ts";
import { documented, GROUP, OUTPUT } from "./flags.ts";

export const groupDescribe = buildCommand<DescribeFlags, [string], Cli>({
  loader: async () => (await import("../work/group-describe.ts")).describeGroup,
  parameters: {
    flags: {
      output: OUTPUT,
      at: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "time",
        brief: "How it stood then, from the history: 30s, 15m, 2h, 7d ago, or a date as 2026-01-31T14:00",
      },
    },
    positional: { kind: "tuple", parameters: [GROUP] },
  },
  docs: documented(
    "Show a group with its members",
    "Shows how a group stands: its conditions, and every member with its state and the reason for it. With --at, how it\n" +
      "stood at that time, as the history tells it: then no Muster need run.",
    "muster group describe garethr",
    "muster group describe shop/web --output json",
    "muster group describe shop/web --at 2026-01-31T14:00",
  ),
});
