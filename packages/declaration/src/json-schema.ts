/** Schemas of types as they are written in a stack: values may come from elsewhere, and names are kept apart. */
import { isObject, type Json, type JsonObject } from "@muster/model";
import { jsonSchemaOf, type Schema, secretReference } from "@muster/plugin";

/** The properties of a schema, what of it is required, and what they refer to. */
export interface WrittenSchema {
  readonly properties: JsonObject;
  readonly required: readonly string[];
  readonly definitions: JsonObject;
}

/** What may stand in place of any value. */
export const IN_PLACE_OF_VALUES: JsonObject = {
  reference: {
    type: "string",
    pattern: "\\$\\{[^{}]+\\}",
    description: "A text that a value from elsewhere is put into",
  },
  secret: {
    ...jsonSchemaOf(secretReference, "draft-7"),
    description: "Where the value is read, which nobody may see",
  },
};
const PARTS = "#/definitions/";
const REFERENCE: JsonObject = { $ref: `${PARTS}reference` };
const SECRET: JsonObject = { $ref: `${PARTS}secret` };

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
  const put = (value: Json) => {
    const moved = renamed(value, as);
    return holds === "values" ? moved : referable(moved, holds === "references and secrets");
  };
  const secrets = holds === "references and secrets" ? [SECRET] : [];
  return {
    properties: mapValues(own, (value) => orElse(put(value), secrets)),
    required: Array.isArray(required) ? required.filter((each) => typeof each === "string") : [],
    definitions: Object.fromEntries(Object.entries(all).map(([name, value]) => [`${as}${name}`, put(value)])),
  };
}

/**
 * Wherever a value stands, a text may stand that it is put into.
 *
 * @param whole also in place of lists and mappings: a member's own words are texts, a value of a resource can be anything
 */
function referable(schema: Json, whole: boolean): Json {
  if (!isObject(schema) || isAnyText(schema)) return schema;
  const inner = inside(schema, whole);
  return whole || isScalar(schema) ? orElse(inner, [REFERENCE]) : inner;
}

/** What is said of the value is said of either. */
function orElse(schema: Json, others: readonly JsonObject[]): Json {
  if (!isObject(schema)) return schema;
  const { description, default: unlessTold, ...own } = schema;
  const { anyOf, ...rest } = own;
  if (others.length === 0 || Object.keys(own).length === 0) return schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(unlessTold === undefined ? {} : { default: unlessTold }),
    anyOf: Array.isArray(anyOf) && Object.keys(rest).length === 0 ? [...anyOf, ...others] : [own, ...others],
  };
}

function inside(schema: JsonObject, whole: boolean): JsonObject {
  const { properties, items, additionalProperties, anyOf, oneOf, allOf } = schema;
  // Of several forms each has its own parts; that a text may stand for the whole is said once, around them.
  const form = (each: Json) => (isObject(each) ? inside(each, whole) : each);
  const value = (each: Json) => referable(each, whole);
  return {
    ...schema,
    ...(isObject(properties) ? { properties: mapValues(properties, value) } : {}),
    ...(isObject(items) ? { items: value(items) } : {}),
    ...(isObject(additionalProperties) ? { additionalProperties: value(additionalProperties) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(form) } : {}),
    ...(Array.isArray(oneOf) ? { oneOf: oneOf.map(form) } : {}),
    ...(Array.isArray(allOf) ? { allOf: allOf.map(form) } : {}),
  };
}

/** One that a reference fits into as it is. */
function isAnyText({ type, pattern, format, enum: values, const: value }: JsonObject): boolean {
  return type === "string" && [pattern, format, values, value].every((each) => each === undefined);
}

/** One of several forms may be a text, and a list or a mapping none. */
function isScalar({ type, anyOf, oneOf, allOf }: JsonObject): boolean {
  const forms = [anyOf, oneOf, allOf].flatMap((each) => (Array.isArray(each) ? each : []));
  return forms.length > 0
    ? forms.some((form) => isObject(form) && isScalar(form))
    : type !== "array" && type !== "object";
}

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
