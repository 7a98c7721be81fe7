import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, OUTPUT, type OutputFlags, SET, type SetFlags } from "./flags.ts";

export const serve = buildCommand<OutputFlags & SetFlags, [], Cli>({
  loader: async () => (await import("../work/serve.ts")).serve,
  parameters: { flags: { output: OUTPUT, set: SET } },
  docs: documented(
    "Keep stacks as a service",
    "Keeps every stack that was applied, and finds plugins, until it is ended. It answers on $MUSTER_SOCKET,\n" +
      "else on muster.sock in $XDG_RUNTIME_DIR/muster, else in ~/.muster.",
    "muster serve",
    "muster serve --set instance-file.dir=/srv/instances",
  ),
});
