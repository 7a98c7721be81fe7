import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

export const groupFree = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).freeGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Stop keeping a group; its members stay",
    "The group is forgotten and nothing of it is touched. Declared again, it finds its members by their marks.",
    "muster group free garethr",
  ),
});
