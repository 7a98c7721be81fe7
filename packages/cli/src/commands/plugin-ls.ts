import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags } from "./flags.ts";

export const pluginLs = buildCommand<OutputFlags, [], Cli>({
  loader: async () => (await import("../work/plugin-ls.ts")).listPlugins,
  parameters: { flags: { output: OUTPUT } },
  docs: documented(
    "List the plugins with what they serve",
    "Lists the plugins as `muster serve` sees them; where it does not run, what answers in the plugin directory:\n" +
      "$MUSTER_PLUGIN_DIR, else plugins in $XDG_RUNTIME_DIR/muster, else in ~/.muster.",
    "muster plugin ls",
  ),
});
