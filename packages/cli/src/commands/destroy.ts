import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { DestroyFlags } from "../work/destroy.ts";
import { documented, FILES, OUTPUT, SET, YES } from "./flags.ts";

export const destroy = buildCommand<DestroyFlags, string[], Cli>({
  loader: async () => (await import("../work/destroy.ts")).destroyFiles,
  parameters: { flags: { output: OUTPUT, set: SET, yes: YES }, positional: FILES },
  docs: documented(
    "Destroy everything that a stack has",
    "Destroys the resources of a stack, those that others rest on last, and its groups, member by member; then the stack is\n" +
      "forgotten. Only what is known to be the stack's own is destroyed; one protected resource, and nothing is. Shows first\n" +
      "what would go, and asks; where nobody can be asked, it needs --yes. Waits until it is done.",
    "muster destroy shop.yaml",
  ),
});
