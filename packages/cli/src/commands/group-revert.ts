import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupRevert = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).revertGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Go back to the version before",
    "The group is kept at the last version that had been carried through to everyone, during a rollout or after it. What is\n" +
      "declared stays as it is: `muster group resume` tries it again, and so does another declaration.",
    "muster group revert shop/web",
  ),
});
