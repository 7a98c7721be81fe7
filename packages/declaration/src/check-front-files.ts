/** Whether the files of a stack that follow groups can be made, and the groups that they name be asked. */
import {
  didYouMean,
  type FormReference,
  type FrontFile,
  type Json,
  type JsonObject,
  nearest,
  ownOf,
  referencesOf,
  type Stack,
} from "@muster/model";
import type { Catalog, Provider, Type } from "@muster/plugin";
import { valueAt } from "./places.ts";
import type { Problems } from "./problems.ts";
import { noteResourceReferences } from "./references.ts";
import { noteRefused } from "./refusal.ts";
import type { Declared } from "./resource-places.ts";
import { checkSchema } from "./schema.ts";
import type { Path } from "./source.ts";
import { listed } from "./values.ts";

export function frontFilesOf({ fronts }: Stack): readonly FrontFile[] {
  return Object.values(fronts);
}

/** Their type, where the stack has any and the type is there. */
export function typeOfFrontFiles(stack: Stack, catalog: Catalog): Type | undefined {
  return frontFilesOf(stack).length === 0 ? undefined : catalog.type("file", "muster");
}

export function checkFrontFiles({ stack, data, kinds }: Declared, catalog: Catalog, problems: Problems): void {
  const files = frontFilesOf(stack);
  const type = typeOfFrontFiles(stack, catalog);
  if (files.length > 0 && type === undefined) {
    const words = { name: "file", nearest: "", known: listed(catalog.typeNames()) };
    problems.add("declaration.unknown-type", words, ["resources", "file"], "key");
  }
  for (const file of files) {
    if (type !== undefined) checkSchema(type.schema, propertiesOf(file), subjectOf(file), problems);
    const place = ["resources", "file", file.path, "content"];
    noteResourceReferences(String(valueAt(data, place)), kinds, place, problems);
    for (const reference of referencesOf(file.content)) checkReference(reference, file, stack, catalog, problems);
  }
}

/** What a provider does not want to make, or why it could not be asked. */
export async function askForFrontFiles(
  stack: Stack,
  type: Type,
  opened: (type: Type) => Promise<Provider>,
  data: Json,
  problems: Problems,
): Promise<void> {
  const ask = async (path: Path, run: () => Promise<unknown>): Promise<void> => {
    try {
      await run();
    } catch (thrown) {
      noteRefused(thrown, { name: type.name, path }, data, problems);
    }
  };
  await ask(["resources", "file"], async () => {
    const provider = await opened(type);
    for (const file of frontFilesOf(stack)) {
      await ask(["resources", "file", file.path], async () => provider.validate?.(propertiesOf(file)));
    }
  });
}

/** Its content is not known before its members are. */
function propertiesOf({ path, mode, owner, group }: FrontFile): JsonObject {
  return {
    ...{ path, content: "" },
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}

function subjectOf({ path }: FrontFile) {
  const place = ([first, ...others]: Path): Path =>
    first === undefined || first === "path"
      ? ["resources", "file", path]
      : ["resources", "file", path, first, ...others];
  return { name: "file", place };
}

function checkReference(
  { group: name, word, at }: FormReference,
  { path }: FrontFile,
  stack: Stack,
  catalog: Catalog,
  problems: Problems,
): void {
  const group = ownOf(stack.groups, name);
  const note = (detail: string, fix: string): void => {
    const place: Path = ["resources", "file", path, "content"];
    problems.add("declaration.bad-content", { what: path, detail, fix }, place, "value", at);
  };
  if (group === undefined) {
    const known = Object.keys(stack.groups);
    if (word === undefined) {
      note(`there is no group \`${name}\`${didYouMean(nearest(name, known))}`, `Known: ${listed(known)}.`);
    }
    return;
  }
  const type = catalog.type(group.template.name, "muster");
  if (word === "port" && type !== undefined && type.ports !== true) {
    const fix = "Use `slot`, `id` or `tags.KEY`, or a type whose members listen.";
    note(`members of \`${name}\` are ${type.name} and have no port`, fix);
  }
}
