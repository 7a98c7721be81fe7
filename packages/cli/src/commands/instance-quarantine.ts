import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { QuarantineFlags } from "../work/instance-quarantine.ts";
import { documented, INSTANCE, OUTPUT } from "./flags.ts";

export const instanceQuarantine = buildCommand<QuarantineFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-quarantine.ts")).quarantineInstance,
  parameters: {
    flags: {
      output: OUTPUT,
      force: { kind: "boolean", default: false, withNegated: false, brief: "Also where too few others are ready" },
    },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Set an instance aside to be looked into",
    "Takes an instance out of service and leaves it as it is: another one is made in its place, and it is of the group no\n" +
      "more. Its logs can be read and commands run in it as before. `muster instance replace --force` takes it away.",
    "muster instance quarantine web/0",
  ),
});
