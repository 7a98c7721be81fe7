/** A JSON Schema of a whole stack, made from the schemas of the types and flavors there are: for editors. */
import { checksSchema } from "@muster/checks";
import { CONSENTS, type Json, type JsonObject, MAX_SIZE, NAME } from "@muster/model";
import { type Catalog, type Flavor, type ResourceType, resourceTypesIn, type Type } from "@muster/plugin";
import { IN_PLACE_OF_VALUES, type WrittenSchema, writtenSchema } from "./json-schema.ts";
import type { OwnWord } from "./own-words.ts";
import { COMMAND, mapping, NOTIFY_COMMAND, REPAIR, ROLLOUT, text, texts } from "./stack-words.ts";

/** What an editor cannot know (whether a provider would take it, whether a reference leads anywhere) it is not told. */
export function stackSchema(catalog: Catalog): JsonObject {
  const types = catalog.typeNames().flatMap((name) => catalog.type(name, "muster") ?? []);
  const flavors = catalog.flavorNames().flatMap((name) => catalog.flavor(name, "muster") ?? []);
  const definitions: Record<string, Json> = { ...IN_PLACE_OF_VALUES };
  const written = (of: ResourceType | Flavor, what: "type" | "template" | "flavor"): WrittenSchema => {
    const holds = what === "type" ? "references and secrets" : "references";
    const schema = writtenSchema(of.schema, `${what}-${of.name}-`, holds);
    Object.assign(definitions, schema.definitions);
    return schema;
  };
  const byName = <T extends { readonly name: string }>(of: readonly T[], make: (each: T) => JsonObject) =>
    Object.fromEntries(of.map((each) => [each.name, make(each)]));

  const resources = byName(resourceTypesIn(catalog), (type) => resourcesOf(type, written(type, "type")));
  const templates = byName(types, (type) => chosen(type, written(type, "template")));
  const treatments = byName(flavors, (flavor) => chosen(flavor, written(flavor, "flavor")));
  const checks = checksSchema();
  Object.assign(definitions, checks.definitions, { checks: checks.list });
  const root = mapping("One declaration of Muster's", {
    stack: { type: "string", pattern: NAME.source, description: "The name of the stack" },
    owner: text("Who answers for it"),
    runbook: text("Where it says what to do when something breaks"),
    mode: { enum: ["enforce", "observe"], description: "`observe`: what differs is said, and nothing is touched" },
    providers: providersOf(types, definitions),
    resources: mapping("Things that are declared for themselves, by type and name", resources),
    purge: mapping(
      "What becomes of things that nothing declares, by type",
      byName(types, () => ({ enum: ["noop", "destroy"] })),
    ),
    groups: named("Groups of alike instances, by name", groupOf(templates, treatments)),
    checks: { $ref: "#/definitions/checks" },
  });
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of Muster",
    ...root,
    required: ["stack"],
    anyOf: [{ required: ["groups"] }, { required: ["resources"] }],
    definitions,
  };
}

function named(description: string, each: JsonObject): JsonObject {
  return {
    ...{ type: "object", description, propertyNames: { pattern: NAME.source }, additionalProperties: each },
  };
}

const ADDRESS = { type: "string", pattern: "^[^.]+\\..+$" };
const ADDRESSES = { anyOf: [ADDRESS, { type: "array", items: ADDRESS }] };

/** Muster's own words, beside the properties of a resource. */
const RESOURCE_WORDS: Readonly<Record<OwnWord, JsonObject>> = {
  ensure: { enum: ["present", "absent"], description: "Whether it is to be there; `present` unless told" },
  id: { type: ["string", "integer"], description: "The thing that it is, where the name alone does not tell which" },
  provider: text("The entry under `providers` whose settings it is reached with"),
  dependsOn: { ...ADDRESSES, description: "These must be as declared before: TYPE.NAME" },
  notify: { ...ADDRESSES, description: "These are refreshed after this was changed: TYPE.NAME" },
  protect: { type: "boolean", description: "It is never destroyed" },
  ignore: texts("Properties that are not managed after it was made"),
  onDrift: { enum: ["repair", "report"], description: "What is done where it differs though nobody declared it so" },
  allow: {
    ...{ type: "array", items: { enum: [...CONSENTS] } },
    description: "What may be done to it without being asked again each time",
  },
  checks: { $ref: "#/definitions/checks" },
};

function resourcesOf(type: ResourceType, { properties, required }: WrittenSchema): JsonObject {
  const needed = required.filter((name) => name !== type.naming);
  const one = {
    ...{ type: needed.length === 0 ? ["object", "null"] : "object", description: type.summary },
    properties: { ...properties, ...RESOURCE_WORDS, ...(type.name === "file" ? FRONT_WORDS : {}) },
    additionalProperties: false,
    // Of what is to be gone nothing else need be said.
    ...(needed.length === 0 ? {} : { if: GONE, else: { required: needed } }),
  };
  return { type: "object", description: `${type.summary}, by name`, additionalProperties: one };
}

const GONE = { required: ["ensure"], properties: { ensure: { const: "absent" } } };

/** A file that names the members of groups is checked before it is put there, and somebody is told of it. */
const FRONT_WORDS: JsonObject = {
  check: { ...COMMAND, description: "Says whether the new content is good; `${file}` is where that lies" },
  notify: { anyOf: [ADDRESSES, NOTIFY_COMMAND], description: "What is refreshed or run after it was changed" },
};

function chosen(of: Type | Flavor, { properties, required }: WrittenSchema): JsonObject {
  return {
    ...{ type: required.length === 0 ? ["object", "null"] : "object", description: of.summary },
    ...{ properties, additionalProperties: false, required: [...required] },
  };
}

/** Settings that are missing here can be given at the command line. */
function providersOf(types: readonly Type[], definitions: Record<string, Json>): JsonObject {
  const entries = types.flatMap((type): [string, JsonObject][] => {
    const schema = writtenSchema(type.settings, `settings-${type.name}-`, "values");
    Object.assign(definitions, schema.definitions);
    const settings = { ...schema.properties, type: text("The type that it is of; the entry's name unless told") };
    const entry = { type: ["object", "null"], properties: settings, additionalProperties: false };
    const names = type.family === undefined ? [type.name] : [type.name, type.family];
    return names.map((name) => [name, { ...entry, description: `Settings of ${name}` }]);
  });
  return {
    ...{ type: "object", description: "What types are opened with, by type or by a name of one's own" },
    ...{ properties: Object.fromEntries(entries), propertyNames: { pattern: NAME.source } },
    additionalProperties: {
      ...{ type: "object", properties: { type: text("The type, or the family of types, that it is of") } },
      required: ["type"],
    },
  };
}

function groupOf(templates: JsonObject, flavors: JsonObject): JsonObject {
  const one = (of: JsonObject, description: string) => ({
    ...mapping(description, of),
    ...{ minProperties: 1, maxProperties: 1 },
  });
  return {
    ...mapping("Alike instances of one type", {
      size: { type: "integer", minimum: 0, maximum: MAX_SIZE, description: "How many there are to be" },
      members: {
        ...{ type: "array", items: { type: "string", pattern: NAME.source }, uniqueItems: true },
        description: "Their names, in place of a size",
      },
      template: one(templates, "What each instance must be: one type with its properties"),
      flavor: one(flavors, "How members are treated: one flavor with its properties; `vanilla` unless told"),
      rollout: ROLLOUT,
      repair: REPAIR,
      checks: { $ref: "#/definitions/checks" },
    }),
    required: ["template"],
    oneOf: [{ required: ["size"] }, { required: ["members"] }],
  };
}
