import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupResume = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).resumeGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented("Go on with a paused group", "The group is made as declared again.", "muster group resume garethr"),
});
