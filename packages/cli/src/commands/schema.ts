import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented } from "./flags.ts";

export const schema = buildCommand<object, [], Cli>({
  loader: async () => (await import("../work/schema.ts")).printSchema,
  parameters: { flags: {} },
  docs: documented(
    "Print a JSON Schema of stacks, for editors",
    "Prints a JSON Schema of a whole stack, made from the types and flavors there are, those of the plugins that answer\n" +
      "included. An editor that is given it completes and checks stacks while they are written.",
    "muster schema > stack.schema.json",
  ),
});
