import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { WatchFlags } from "../work/watch.ts";
import { documented, FILES, OUTPUT, SET } from "./flags.ts";

export const watch = buildCommand<WatchFlags, string[], Cli>({
  loader: async () => (await import("../work/watch.ts")).watchStacks,
  parameters: {
    flags: {
      output: OUTPUT,
      set: SET,
      follow: { kind: "boolean", default: true, brief: "Follow edits of the files" },
    },
    positional: FILES,
  },
  docs: documented(
    "Make what is declared, and keep it so",
    "Makes what the files declare, keeps it so and shows what it does, until Ctrl-C. What was made stays.",
    "muster watch examples/hello/garethr.json",
    "muster watch garethr.json --set instance-file.dir=./instances",
    "muster watch shop.yaml --output json",
  ),
});
