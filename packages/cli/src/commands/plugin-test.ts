import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { PluginTestFlags } from "../work/plugin-test.ts";
import { documented, OUTPUT } from "./flags.ts";

export const pluginTest = buildCommand<PluginTestFlags, [string], Cli>({
  loader: async () => (await import("../work/plugin-test.ts")).testPlugin,
  parameters: {
    flags: {
      output: OUTPUT,
      properties: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "json",
        brief: "What to make while testing; unless told, the least that the schema accepts",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, placeholder: "plugin", brief: "Its name in the plugin directory, or the path of its socket" },
      ],
    },
  },
  docs: documented(
    "Hold a plugin to the contract",
    "Tries every statement of the contract through the plugin's socket. What it makes it destroys again.",
    "muster plugin test note",
    `muster plugin test ./note.sock --properties '{"text":"hello"}'`,
  ),
});
