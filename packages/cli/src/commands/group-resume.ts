import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupResume = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).resumeGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Go on with a paused group, or try again what failed",
    "The group is made as declared again. Where it was not paused, what had failed is tried again: a rollout that is held, a\n" +
      "version that was reverted, a revision that is quarantined.",
    "muster group resume garethr",
  ),
});
