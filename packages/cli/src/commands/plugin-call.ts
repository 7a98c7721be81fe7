import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented } from "./flags.ts";

export const pluginCall = buildCommand<Record<never, never>, [string, string, string?], Cli>({
  loader: async () => (await import("../work/plugin-call.ts")).callPlugin,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, placeholder: "plugin", brief: "Its name in the plugin directory, or the path of its socket" },
        { parse: String, placeholder: "method", brief: "A JSON-RPC method" },
        { parse: String, optional: true, placeholder: "params", brief: "Its parameters in JSON; none unless told" },
      ],
    },
  },
  docs: documented(
    "Call a method of a plugin",
    "Calls a JSON-RPC method and prints the result as JSON, numbers digit for digit.",
    "muster plugin call instance-file muster/hello",
    `muster plugin call instance-file Instance.DescribeInstances '{"Tags":{}}'`,
  ),
});
