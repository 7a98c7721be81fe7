import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupDescribe = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-describe.ts")).describeGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Show a group with its members",
    "Shows how a group stands: its conditions, and every member with its state and the reason for it.",
    "muster group describe garethr",
    "muster group describe shop/web --output json",
  ),
});
