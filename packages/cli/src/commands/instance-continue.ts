import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceContinue = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).continueInstance,
  parameters: {
    flags: { output: OUTPUT },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Let an instance that was paused go on",
    "Lets an instance that was paused go on where it stood. For one that is not paused nothing changes.",
    "muster instance continue web/0",
  ),
});
