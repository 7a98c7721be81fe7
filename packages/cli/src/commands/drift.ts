import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { DriftFlags } from "../work/drift.ts";
import { documented, FILES, OUTPUT, SET } from "./flags.ts";

export const drift = buildCommand<DriftFlags, string[], Cli>({
  loader: async () => (await import("../work/drift.ts")).showDrift,
  parameters: { flags: { output: OUTPUT, set: SET }, positional: FILES },
  docs: documented(
    "Tell what has become otherwise than declared",
    "Compares what is there with what was declared last, and touches nothing. Where a file says otherwise than what was\n" +
      "declared, that is no drift: it is shown apart. Where nothing was declared here, the file counts.\n" +
      "Exit code 0: as declared; 3: it has drifted; 4: it could not be told.",
    "muster drift shop.yaml",
    "muster drift shop.yaml --output json",
  ),
});
