/** A list of checks as JSON Schema, made from the table of kinds: for editors. */
import type { Json, JsonObject } from "@muster/model";
import type { Kind, Option, Property } from "./kind.ts";
import { KINDS } from "./kinds/all.ts";
import { type Matched, WORDS, type WordMeaning, wordsOf } from "./words.ts";

const PARTS = "#/definitions/";
const VALUES: readonly Matched[] = ["flag", "number", "text", "texts", "content", "moment", "record", "any"];

/** The list, and what it refers to under `definitions`. */
export function checksSchema(): { readonly list: JsonObject; readonly definitions: JsonObject } {
  const entries = Object.entries<Kind>(KINDS);
  const definitions = [
    ...entries.map(([name, kind]): [string, JsonObject] => [`check-${name}`, checkOf(name, kind)]),
    ...VALUES.map((is): [string, JsonObject] => [`matcher-${is}`, matcherOf(is)]),
  ];
  const list = {
    ...{ type: "array", description: "What can be true or false of what there is" },
    items: { anyOf: entries.map(([name]) => ({ $ref: `${PARTS}check-${name}` })) },
  };
  return { list, definitions: Object.fromEntries(definitions) };
}

/** What a subject takes from whom it is declared with is seen to when that is known. */
const REFERENCE: JsonObject = { type: "string", pattern: "\\$\\{[^{}]+\\}" };

function checkOf(name: string, { summary, subject, options, properties }: Kind): JsonObject {
  const own = mapped(properties, propertyOf);
  return {
    ...{ type: "object", description: summary, additionalProperties: false, required: [name] },
    properties: {
      [name]: { description: subject.meaning, anyOf: [subject.schema, REFERENCE] },
      title: { type: "string", description: "What it is called in reports" },
      ...mapped(options, optionOf),
      ...own,
    },
    anyOf: Object.keys(own).map((property) => ({ required: [property] })),
  };
}

function mapped<T>(of: Readonly<Record<string, T>>, change: (each: T) => JsonObject): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(of).map(([key, each]) => [key, change(each)]));
}

function propertyOf({ is, meaning }: Property): JsonObject {
  return { description: meaning, anyOf: [{ $ref: `${PARTS}matcher-${is}` }] };
}

function optionOf({ is, meaning }: Option): JsonObject {
  if (is === "texts by name") {
    return { type: "object", additionalProperties: { type: "string" }, description: meaning };
  }
  return { ...(typeof is === "string" ? { type: "string" } : { enum: [...is] }), description: meaning };
}

const PLAIN: Readonly<Record<Matched, Json>> = {
  flag: { type: "boolean" },
  number: { type: "number" },
  text: { type: "string" },
  content: { type: "string" },
  texts: { type: "array", items: { type: "string" } },
  moment: false,
  record: false,
  any: { type: ["string", "number", "boolean", "null", "array"] },
};

/** A plain value, or a mapping of words. */
function matcherOf(is: Matched): JsonObject {
  if (is === "record") {
    const each = { $ref: `${PARTS}matcher-text` };
    return { type: "object", minProperties: 1, additionalProperties: each };
  }
  const words = wordsOf(is).map((word): [string, JsonObject] => [word, wordOf(WORDS[word], is)]);
  const mapping = {
    ...{ type: "object", minProperties: 1, additionalProperties: false },
    properties: Object.fromEntries(words),
  };
  return PLAIN[is] === false ? mapping : { anyOf: [PLAIN[is], mapping] };
}

function wordOf({ meaning, takes }: WordMeaning, is: Matched): JsonObject {
  return { description: meaning, ...takenBy(takes, is) };
}

function takenBy(takes: WordMeaning["takes"], is: Matched): JsonObject {
  const one = (of: Matched) => ({ anyOf: [{ $ref: `${PARTS}matcher-${of}` }] });
  const item: JsonObject = is === "any" ? {} : { type: is === "number" ? "number" : "string" };
  switch (takes) {
    case "value":
      return item;
    case "values":
      return { type: "array", minItems: 1, items: item };
    case "number":
      return { type: "number" };
    case "two numbers":
      return { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 };
    case "pattern":
    case "duration":
      return { type: "string" };
    case "flag":
      return { type: "boolean" };
    case "matcher":
      return one(is);
    case "matcher of an item":
      return one(itemOf(is));
    case "matcher of a number":
      return one("number");
    case "by path":
      return { type: "object", minProperties: 1, additionalProperties: one("any") };
  }
}

/** What the items of a list are. */
export function itemOf(is: Matched): Matched {
  return is === "texts" ? "text" : "any";
}
