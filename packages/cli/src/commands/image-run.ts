import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, SET } from "./flags.ts";
import { DIR, type RunFlags } from "./image-flags.ts";

export const imageRun = buildCommand<RunFlags, [string], Cli>({
  loader: async () => (await import("../work/image-run.ts")).runImage,
  parameters: {
    flags: {
      dir: DIR,
      as: {
        kind: "enum",
        values: ["vm", "process"],
        default: "vm",
        brief: "As the machine that it is in production, or as a process beside its sources",
      },
      port: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        placeholder: "host[:port]",
        brief: "The port of this machine that leads to one of its ports; to the first unless told",
      },
      env: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        placeholder: "name=value",
        brief: "Environment besides its own",
      },
      set: SET,
      try: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "End it as soon as it is ready; fail where it never is",
      },
      within: {
        kind: "parsed",
        parse: String,
        default: "60s",
        placeholder: "duration",
        brief: "With --try: how long it may take to be ready",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, placeholder: "image", brief: "An image's name or digest, or a manifest" }],
    },
  },
  docs: documented(
    "Run an image in the foreground, or its program as a process",
    "Runs an image without a stack, shows its console, and takes it away again: at Ctrl-C, or when it has ended. A manifest is\n" +
      "built first. Exit code 0: it was asked to end, or has ended with 0; with --try: it was ready. Else 1.",
    "muster image run hello",
    "muster image run hello.yaml --as process --port 9090",
    "muster image run hello.yaml --try",
  ),
});
