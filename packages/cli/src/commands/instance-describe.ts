import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceDescribe = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-describe.ts")).describeInstance,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [INSTANCE] } },
  docs: documented(
    "Show all that is known of an instance",
    "Shows how an instance is, the tags that it bears and its properties, as its provider shows them.",
    "muster instance describe web/0",
    "muster instance describe instance-5577 --output json",
  ),
});
