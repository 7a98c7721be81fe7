import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";
import { TRY } from "./try-flags.ts";

export const tryDestroy = buildCommand<OutputFlags, string[], Cli>({
  loader: async () => (await import("../work/try-destroy.ts")).destroyTries,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "array", minimum: 1, parameter: TRY } },
  docs: documented(
    "Take away what there is of a try",
    "Destroys a copy that was kept or left behind, and looks that nothing is left. What came of it stays.",
    "muster try destroy c3a01b",
  ),
});
