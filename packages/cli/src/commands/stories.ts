import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const stories = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/stories.ts")).tellStories,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, placeholder: "file", brief: "Stories in YAML, JSON or TypeScript" }],
    },
  },
  docs: documented(
    "Tell which stories are proven, and which are open",
    "Reads what people want to be true of how something is run, asks the checks that show it, and tells area by area how much is\n" +
      "proven by checks, shown by other evidence, open, or does not apply.\n" +
      "Exit code 0: nothing fails; 1: a check of a story fails; 4: one could not be told; 2: the stories are invalid.",
    "muster stories stories.yaml",
    "muster stories examples/operations-stories/stories.yaml --output json",
  ),
});
