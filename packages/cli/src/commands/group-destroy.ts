import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, GROUP, OUTPUT, type OutputFlags, YES } from "./flags.ts";

export const groupDestroy = buildCommand<OutputFlags & { readonly yes: boolean }, [string], Cli>({
  loader: async () => (await import("../work/group-destroy.ts")).destroyGroup,
  parameters: { flags: { output: OUTPUT, yes: YES }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Destroy a group and its members",
    "Destroys the members one by one and forgets the group. Asks first; where nobody can be asked, it needs --yes.",
    "muster group destroy garethr --yes",
  ),
});
