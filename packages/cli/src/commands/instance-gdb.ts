import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE } from "./flags.ts";

export const instanceGdb = buildCommand<Record<never, never>, [string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).openGdb,
  parameters: {
    flags: {},
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Open a door for a debugger",
    "Opens a door for a debugger at an instance, and prints the command to type.",
    "muster instance gdb web/0",
  ),
});
