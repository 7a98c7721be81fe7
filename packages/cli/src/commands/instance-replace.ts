import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ReplaceFlags } from "../work/instance-replace.ts";
import { documented, INSTANCE, OUTPUT } from "./flags.ts";

export const instanceReplace = buildCommand<ReplaceFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-replace.ts")).replaceInstance,
  parameters: {
    flags: {
      output: OUTPUT,
      force: { kind: "boolean", default: false, withNegated: false, brief: "Destroy it at once, however few are left" },
    },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Put an equal instance in the place of one",
    "Asks the group for an equal instance in the place of this one, within the budget of its rollouts: a new one is made first\n" +
      "where there is room for it, else this one goes first where one may be away. Refused where neither can be.",
    "muster instance replace web/0",
    "muster instance replace instance-5577 --force",
  ),
});
