import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, FILES, OUTPUT, type OutputFlags } from "./flags.ts";

export interface TryFlags extends OutputFlags {
  readonly keep: "always" | "on-failure" | "never";
  readonly platform?: readonly string[];
  readonly with?: readonly string[];
  readonly atOnce: string;
  readonly within: string;
  readonly retryFor: string;
  readonly events: boolean;
}

export const tryRun = buildCommand<TryFlags, [string], Cli>({
  loader: async () => (await import("../work/try.ts")).tryFile,
  parameters: {
    flags: {
      output: OUTPUT,
      keep: {
        kind: "enum",
        values: ["always", "on-failure", "never"],
        default: "never",
        brief: "Whether the copy is left for you to look at",
      },
      platform: {
        ...{ kind: "parsed", parse: String, variadic: true, optional: true, placeholder: "name" },
        brief: "Only this one of the platforms that the stack names",
      },
      with: {
        ...{ kind: "parsed", parse: String, variadic: true, optional: true, placeholder: "place=value" },
        brief: "What is otherwise in the copy; several values of one place make a copy for each: groups.web.size=3",
      },
      atOnce: {
        ...{ kind: "parsed", parse: String, default: "2", placeholder: "n" },
        brief: "So many copies are tried at once",
      },
      within: {
        ...{ kind: "parsed", parse: String, default: "15m", placeholder: "duration" },
        brief: "How long a step may take",
      },
      retryFor: {
        ...{ kind: "parsed", parse: String, default: "10s", placeholder: "duration" },
        brief: "Checks are asked again, once a second, until all hold or so much time is over",
      },
      events: {
        ...{ kind: "boolean", default: false, withNegated: false },
        brief: "Also tell what was done in steps that have passed",
      },
    },
    positional: { kind: "tuple", parameters: [FILES.parameter] },
  },
  docs: documented(
    "Try a stack: make a copy of it, apply it again, check it, and take it away",
    "Makes a copy of the stack that does not meet the real one, applies it a second time (which must change nothing), asks its\n" +
      "checks, destroys it, and looks that nothing is left: for each platform that the stack names under `try`. What an earlier\n" +
      "try has left behind, because it was killed, is taken away first.\n" +
      "Exit code 0: all have passed; 1: something failed; 4: nothing failed, and something could not be told; 2: it cannot be tried so.",
    "muster try shop.yaml",
    "muster try shop.yaml --keep on-failure",
    "muster try shop.yaml --with groups.web.size=1 --with groups.web.size=3",
  ),
});
