import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { TraceFlags } from "../work/instance-tool.ts";
import { documented, FORCE_OUT, INSTANCE, OUT } from "./flags.ts";

export const instanceTrace = buildCommand<TraceFlags, [string], Cli>({
  loader: async () => (await import("../work/instance-tool.ts")).traceInstance,
  parameters: {
    flags: {
      for: { kind: "parsed", parse: String, optional: true, placeholder: "time", brief: "End after so long: 10s, 5m" },
      out: OUT,
      force: FORCE_OUT,
    },
    positional: { kind: "tuple", parameters: [INSTANCE] },
  },
  docs: documented(
    "Take down what goes over an instance's network",
    "Gives what goes over an instance's network from now on, as pcap, until Ctrl-C or for so long as told: into a file that\n" +
      "is made for you alone, or to a pipe. A file is taken away again where the stream failed.",
    "muster instance trace web/0 --for 10s --out web.pcap",
    "muster instance trace web/0 | tcpdump -r -",
  ),
});
