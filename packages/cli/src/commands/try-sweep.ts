import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const trySweep = buildCommand<OutputFlags, [], Cli>({
  loader: async () => (await import("../work/try-destroy.ts")).sweepTries,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [] } },
  docs: documented(
    "Take away what killed tries have left behind",
    "Takes away all that tries have left behind whose process lives no more, and that was not kept. `muster try` does so first.",
    "muster try sweep",
  ),
});
