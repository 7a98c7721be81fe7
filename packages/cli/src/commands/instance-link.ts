import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, INSTANCE, OUTPUT, type OutputFlags } from "./flags.ts";

export const instanceLink = buildCommand<OutputFlags, [string, string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).setLink,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [
        INSTANCE,
        { parse: String, placeholder: "up|down", brief: "`up` puts the cable in, `down` takes it out" },
      ],
    },
  },
  docs: documented(
    "Put an instance's network cable in or out",
    "Takes an instance's network cable out, or puts it in again: so one sees what is done about it.",
    "muster instance link web/0 down",
    "muster instance link web/0 up",
  ),
});
