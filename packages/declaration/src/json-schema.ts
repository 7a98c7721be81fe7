/** Schemas of types as they are written in a stack: values may come from elsewhere, and names are kept apart. */
import { isObject, type Json, type JsonObject } from "@muster/model";
import { jsonSchemaOf, type Schema } from "@muster/plugin";

/** A text in which something is put in. */
const REFERENCE: JsonObject = { type: "string", pattern: "\\$\\{[^{}]+\\}", description: "A value from elsewhere" };

/** The properties of a schema, what of it is required, and what they refer to. */
export interface WrittenSchema {
  readonly properties: JsonObject;
  readonly required: readonly string[];
  readonly definitions: JsonObject;
}

/** A value that nobody may see: where it is to be read. */
const SECRET: JsonObject = {
  ...{ type: "object", description: "Where the value is read, which nobody may see" },
  properties: {
    secret: {
      ...{ type: "object", minProperties: 1, maxProperties: 1, additionalProperties: false },
      properties: {
        env: { type: "string", description: "A variable of the environment in which Muster runs" },
        file: { type: "string", description: "A file, by its absolute path" },
      },
    },
  },
  ...{ required: ["secret"], additionalProperties: false },
};

/**
 * @param as unique, for what the schema refers to in itself
 * @param holds what may stand in place of a value
 */
export function writtenSchema(
  schema: Schema<unknown & object>,
  as: string,
  holds: "values" | "references" | "references and secrets",
): WrittenSchema {
  const { properties, required, definitions, ...whole } = jsonSchemaOf(schema, "draft-7");
  const own = isObject(properties) ? properties : {};
  const parts = isObject(definitions) ? definitions : {};
  const isRecursive = JSON.stringify([own, parts]).includes('"$ref":"#"');
  const all: JsonObject = isRecursive ? { ...parts, "": { ...whole, properties: own } } : parts;
  const put = (value: Json) => renamed(holds === "values" ? value : referable(value), as);
  const secrets = holds === "references and secrets" ? [SECRET] : [];
  return {
    properties: mapValues(own, (value) => orElse(put(value), secrets)),
    required: Array.isArray(required) ? required.filter((each) => typeof each === "string") : [],
    definitions: Object.fromEntries(Object.entries(all).map(([name, value]) => [`${as}${name}`, put(value)])),
  };
}

/** Wherever a value stands, a text may stand that it is put into. */
function referable(schema: Json): Json {
  if (!isObject(schema)) return schema;
  return isAnyText(schema) ? schema : orElse(inside(schema), [REFERENCE]);
}

/** What is said of the value is said of either. */
function orElse(schema: Json, others: readonly JsonObject[]): Json {
  if (!isObject(schema)) return schema;
  const { description, default: unlessTold, ...own } = schema;
  if (others.length === 0 || Object.keys(own).length === 0) return schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(unlessTold === undefined ? {} : { default: unlessTold }),
    anyOf: [own, ...others],
  };
}

function inside(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties, anyOf, oneOf, allOf } = schema;
  return {
    ...schema,
    ...(isObject(properties) ? { properties: mapValues(properties, referable) } : {}),
    ...(isObject(items) ? { items: referable(items) } : {}),
    ...(isObject(additionalProperties) ? { additionalProperties: referable(additionalProperties) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(inner) } : {}),
    ...(Array.isArray(oneOf) ? { oneOf: oneOf.map(inner) } : {}),
    ...(Array.isArray(allOf) ? { allOf: allOf.map(inner) } : {}),
  };
}

/** Of several forms, each has its own parts; that a text may stand for the whole is said once, around them. */
function inner(form: Json): Json {
  return isObject(form) ? inside(form) : form;
}

/** A reference is one of these already. */
function isAnyText(schema: JsonObject): boolean {
  const { type, pattern, format, enum: values, maxLength } = schema;
  return type === "string" && [pattern, format, values, maxLength].every((each) => each === undefined);
}

const PARTS = "#/definitions/";

/** What refers to a part of its own schema refers to the same part where that stands now. */
function renamed(value: Json, as: string): Json {
  if (Array.isArray(value)) return value.map((each) => renamed(each, as));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const isPart = key === "$ref" && typeof each === "string" && (each === "#" || each.startsWith(PARTS));
      return [key, isPart ? `#/definitions/${as}${each.slice(PARTS.length)}` : renamed(each, as)];
    }),
  );
}

function mapValues(record: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
