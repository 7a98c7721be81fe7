import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { DiscoverFlags } from "../work/discover.ts";
import { documented, ENTRY_OUTPUT } from "./flags.ts";

export const discover = buildCommand<DiscoverFlags, [string, string?], Cli>({
  loader: async () => (await import("../work/discover.ts")).discoverChecks,
  parameters: {
    flags: {
      output: { ...ENTRY_OUTPUT, brief: "The language of the checks" },
      target: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "target" },
        brief: "Where to look: local unless told; what `muster verify --target` takes",
      },
      timeout: {
        ...{ kind: "parsed", parse: String, optional: true, placeholder: "duration" },
        brief: "How long an answer of the target may take; 30s unless told",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, placeholder: "name", brief: "A program that runs; or, before a subject, a kind of check" },
        { parse: String, placeholder: "subject", optional: true, brief: "The one thing of that kind: file /etc/motd" },
      ],
    },
  },
  docs: documented(
    "Write checks of what is there",
    "Writes a file of checks that hold: of a program that runs (its processes, the ports it listens at, its service, its package,\n" +
      "its configuration, its users), or of one thing of a kind. Only what stays as it is while nobody changes it on purpose.\n" +
      "What could not be told is named on standard error, and left out.",
    "muster discover sshd > sshd.yaml",
    "muster discover nginx --target ssh://deploy@web-1",
    "muster discover file /etc/motd --output ts",
  ),
});
