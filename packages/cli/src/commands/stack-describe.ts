import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const stackDescribe = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/stack-describe.ts")).describeStack,
  parameters: {
    flags: { output: OUTPUT },
    positional: { kind: "tuple", parameters: [{ parse: String, placeholder: "stack", brief: "A stack's name" }] },
  },
  docs: documented(
    "Show how the groups and resources of a stack stand",
    "Shows each group and each resource of a stack that is being kept, as it was when it was looked at last: its state, the\n" +
      "reason for it, and what to do about it.",
    "muster stack describe shop",
    "muster stack describe shop --output json",
  ),
});
