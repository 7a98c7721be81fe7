import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { PluginRunFlags } from "../work/plugin-run.ts";
import { documented } from "./flags.ts";

export const pluginRun = buildCommand<PluginRunFlags, [string], Cli>({
  loader: async () => (await import("../work/plugin-run.ts")).runPlugin,
  parameters: {
    flags: {
      dir: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "directory",
        brief: "Short for --set dir=directory: where it keeps what it makes",
      },
      set: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        placeholder: "key=value",
        brief: "A setting of what is run",
      },
      name: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "name",
        brief: "What it is called: the name of its socket; as what is run unless told",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: String,
          placeholder: "what",
          brief: "A built-in type, flavor-NAME for a built-in flavor, or a TypeScript or JavaScript file",
        },
      ],
    },
  },
  docs: documented(
    "Run a plugin as a process of its own",
    "Serves a type or a flavor on a socket in the plugin directory, until Ctrl-C. What it made stays.",
    "muster plugin run instance-file --dir ./instances",
    "muster plugin run flavor-vanilla",
    "muster plugin run ./my-plugin.ts --name mine",
  ),
});
