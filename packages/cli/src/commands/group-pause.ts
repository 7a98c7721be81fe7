import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupPause = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).pauseGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Carry no change through for now",
    "The group is refilled and scaled, and changes of its members wait until `muster group resume`.",
    "muster group pause garethr",
  ),
});
