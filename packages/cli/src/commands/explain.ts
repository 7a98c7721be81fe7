import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const explain = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/explain.ts")).explainType,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, placeholder: "type[.property]", brief: "A type, or one of its properties: file, file.mode" },
      ],
    },
  },
  docs: documented(
    "Tell what a type takes",
    "Tells what a type is, what can be declared of it and what a change of that does, what can only be read, and its settings;\n" +
      "or the same of one property.",
    "muster explain file",
    "muster explain file.mode",
  ),
});
