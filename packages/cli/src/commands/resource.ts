import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { ResourceFlags } from "../work/resource.ts";
import { documented, ENTRY_OUTPUT, SET, YES } from "./flags.ts";

export const resource = buildCommand<ResourceFlags, string[], Cli>({
  loader: async () => (await import("../work/resource.ts")).queryOrSet,
  parameters: {
    flags: {
      output: ENTRY_OUTPUT,
      all: { kind: "boolean", default: false, withNegated: false, brief: "Also what can only be read" },
      unmanaged: {
        ...{ kind: "boolean", default: false, withNegated: false },
        brief: "Only things that bear no mark of Muster and that no stack has claimed",
      },
      allow: {
        ...{ kind: "enum", values: ["irreversible"], optional: true },
        brief: "Also change what can never be changed back",
      },
      yes: YES,
      set: SET,
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        parse: String,
        placeholder: "type, name, property=value",
        brief: "A type; a name or an id; what is to be set, or ensure=absent",
      },
    },
  },
  docs: documented(
    "Query things of any type, or set them",
    "Shows what there is of a type, declared or not, as entries that can be pasted into a stack: all of it, or one thing by\n" +
      "its name or id. With property=value sets exactly these properties on it, or makes it where there is none;\n" +
      "ensure=absent destroys it. Shows first what would be done, and asks; where nobody can be asked, it needs --yes. What a\n" +
      "stack declares is not set by hand: its declaration is changed.",
    "muster resource file /etc/motd",
    "muster resource file /etc/motd mode=0644",
    "muster resource droplet --unmanaged --output ts",
  ),
});
