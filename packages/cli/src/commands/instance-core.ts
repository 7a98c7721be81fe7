import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { KeepFlags } from "../work/instance-tool.ts";
import { documented, FORCE_OUT, INSTANCE, OUT } from "./flags.ts";

export const instanceCore = buildCommand<KeepFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).dumpCore,
  parameters: {
    flags: { out: OUT, force: FORCE_OUT },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Take down an instance's memory",
    "Gives an instance's memory, as an ELF core: into a file that is made for you alone, or to a pipe. What an instance knows\n" +
      "stands in it, secrets too. A file is taken away again where the stream failed, or Ctrl-C ended it.",
    "muster instance core web/0 --out web.core",
  ),
});
