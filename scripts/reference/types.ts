import { builtInFlavors } from "@muster/flavors";
import type { Flavor, TaskType, Type } from "@muster/plugin";
import { commandTask } from "@muster/provider-command";
import { container } from "@muster/provider-container";
import { digitalocean } from "@muster/provider-digitalocean";
import { directory, file, instanceFile } from "@muster/provider-file";
import { processType } from "@muster/provider-process";
import { vmType } from "@muster/provider-vm";
import { schemaTable } from "./schema-table.ts";

/** The built-in types and flavors, from their schemas. */
export function typesPage(): string {
  return `# Built-in types and flavors

A property that is not set is not managed. In every text of a template, \`\${self.slot}\`, \`\${self.id}\`, \`\${self.group}\` and
\`\${self.stack}\` stand for the member's own words, and \`\${self.port}\` for a port of its own where the type listens on ports; in the property that names a thing, \`{id}\` is short for \`\${self.id}\`.

*Change* tells what a new value costs: \`in-place\` changes the living thing, \`replace\` makes another one. What is changed *for
good* can never be taken back; what is *never shown* again is compared by a digest of what was declared. Settings are given
under \`providers\` in the stack, or as \`--set TYPE.SETTING=VALUE\`. A value that begins with \`./\` or \`../\` is a path beside the
stack file; at the command line, below the current directory.

# Types

Of groups and of resources.

${TYPES.map((type) => typeEntry(type)).join("\n")}
# Tasks

Of resources only: something is done where it is due, and nothing of it stays.

${[commandTask].map((type) => taskEntry(type)).join("\n")}
# Flavors

${builtInFlavors({})
  .map((flavor) => flavorEntry(flavor))
  .join("\n")}`;
}

const { droplet, domain, tag, sshKey } = digitalocean;
const TYPES: readonly ReadType[] = [
  instanceFile,
  file,
  directory,
  processType,
  container,
  vmType,
  droplet,
  domain,
  tag,
  sshKey,
];

type ReadType = Pick<
  Type,
  "name" | "summary" | "schema" | "settings" | "effects" | "known" | "tools" | "outputs" | "irreversible" | "unreadable"
>;
type ReadTask = Pick<TaskType, "name" | "summary" | "schema" | "settings">;
type ReadFlavor = Pick<Flavor, "name" | "summary" | "schema" | "effects">;

function typeEntry(type: ReadType): string {
  const known =
    type.known === "tags"
      ? "Known again by the tags that it bears; its id is handed out."
      : "Known again by its name, and by a claim in the store.";
  const tools = type.tools?.map((tool) => `\`${tool}\``).join(", ");
  return `## ${type.name}

${type.summary}. ${known}${tools === undefined ? "" : ` [Tools](../guide/day-two.md#tools): ${tools}.`}

${schemaTable(type.schema, { title: "change", of: changeIn(type) })}
${type.outputs === undefined ? "" : `\nShown, and never declared:\n\n${schemaTable(type.outputs)}\n`}
Settings:

${schemaTable(type.settings)}
`;
}

function changeIn({ effects, irreversible = [], unreadable = [] }: ReadType): (property: string) => string {
  const byName: Readonly<Record<string, string | undefined>> = effects;
  return (name) => {
    const forGood = irreversible.includes(name) ? ", for good" : "";
    const unseen = unreadable.includes(name) ? "; never shown" : "";
    return `${byName[name] ?? "replace"}${forGood}${unseen}`;
  };
}

function taskEntry(type: ReadTask): string {
  return `## ${type.name}

${type.summary}. Known by its name, which is its key in the stack.

${schemaTable(type.schema)}

Settings:

${schemaTable(type.settings)}
`;
}

function flavorEntry(flavor: ReadFlavor): string {
  const effects: Readonly<Record<string, string | undefined>> = flavor.effects;
  return `## ${flavor.name}

${flavor.summary}.

${schemaTable(flavor.schema, { title: "change", of: (name) => effects[name] ?? "replace" })}
`;
}
