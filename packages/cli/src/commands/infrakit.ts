/** InfraKit's verbs, for hands that know them. Each is a verb of Muster's under another name; they are here only. */
import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import { documented, FILE, GROUP, OUTPUT, type OutputFlags } from "./flags.ts";

interface CommitFlags extends OutputFlags {
  readonly pretend: boolean;
}

function declare(verb: string, brief: string) {
  return buildCommand<OutputFlags, [string], Cli>({
    loader: async () => (await import("../work/infrakit.ts")).declareGroup,
    parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [FILE] } },
    docs: documented(
      `${brief} (InfraKit)`,
      "InfraKit's word for `muster apply FILE --yes --no-wait` to a Muster that runs.",
      `muster group ${verb} garethr.json`,
    ),
  });
}

const commit = buildCommand<CommitFlags, [string], Cli>({
  loader: async () => (await import("../work/infrakit.ts")).commitGroup,
  parameters: {
    flags: {
      output: OUTPUT,
      pretend: { kind: "boolean", default: false, withNegated: false, brief: "Only say what would happen" },
    },
    positional: { kind: "tuple", parameters: [FILE] },
  },
  docs: documented(
    "Commit a declaration (InfraKit)",
    "InfraKit's word for `muster apply FILE --yes --no-wait` to a Muster that runs.",
    "muster group commit garethr.json --pretend",
    "muster group commit garethr.json",
  ),
});

const inspect = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-describe.ts")).describeGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Show a group (InfraKit)",
    "InfraKit's word for `muster group describe`.",
    "muster group inspect garethr",
  ),
});

const unwatch = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).freeGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Stop keeping a group (InfraKit)",
    "InfraKit's word for `muster group free`.",
    "muster group unwatch garethr",
  ),
});

const stop = buildCommand<OutputFlags, [string], Cli>({
  loader: async () => (await import("../work/group-steer.ts")).pauseGroup,
  parameters: { flags: { output: OUTPUT }, positional: { kind: "tuple", parameters: [GROUP] } },
  docs: documented(
    "Stop an update (InfraKit)",
    "InfraKit's word for `muster group pause`.",
    "muster group stop garethr",
  ),
});

const destroyInstance = buildCommand<OutputFlags, string[], Cli>({
  loader: async () => (await import("../work/infrakit.ts")).destroyInstances,
  parameters: {
    flags: { output: OUTPUT },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: { parse: String, placeholder: "group instance", brief: "A group, and the members to destroy" },
    },
  },
  docs: documented(
    "Destroy members and shrink the group (InfraKit)",
    "Destroys the named members and makes the group smaller by as many. One that is not there: nothing is changed.",
    "muster group destroy-instance garethr instance-5577006791947779410",
  ),
});

export const infrakitVerbs = {
  watch: declare("watch", "Begin to keep a group"),
  commit,
  update: declare("update", "Change a group's declaration"),
  inspect,
  unwatch,
  stop,
  "destroy-instance": destroyInstance,
};
