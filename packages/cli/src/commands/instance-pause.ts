import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instancePause = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).pauseInstance,
  parameters: {
    flags: { output: OUTPUT },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Halt an instance where it stands",
    "Halts all of an instance where it stands: it keeps what it holds, and does nothing. It stays until\n" +
      "`muster instance continue`; a flavor that asks it about its health will find it ill meanwhile.",
    "muster instance pause web/0",
  ),
});
