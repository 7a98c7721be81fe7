/** What a schema says of its properties: the one source of tables, explanations and schemas for editors. */
import { isObject, type Json, type JsonObject } from "@muster/model";
import { z } from "zod";
import type { Schema } from "./contract.ts";

/** One property as its schema has it. */
export interface PropertyView {
  readonly name: string;
  /** In a word or two: `text`, `list of text`, ``one of `a`, `b` ``. */
  readonly kind: string;
  readonly required: boolean;
  /** Empty where nothing is said of it. */
  readonly meaning: string;
  readonly default?: Json;
  /** JSON Schema. */
  readonly schema: JsonObject;
}

/** The schema as JSON Schema, as somebody writes values for it. Editors understand its draft 7 best. */
export function jsonSchemaOf(
  schema: Schema<unknown & object>,
  target: "draft-2020-12" | "draft-7" = "draft-2020-12",
): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", target });
  const plain: Json = JSON.parse(JSON.stringify(json));
  return isObject(plain) ? plain : {};
}

/** In the order in which they are written down. */
export function propertiesOf(schema: Schema<unknown & object>): readonly PropertyView[] {
  const json = jsonSchemaOf(schema);
  const properties = isObject(json["properties"]) ? json["properties"] : {};
  const required = Array.isArray(json["required"]) ? json["required"] : [];
  return Object.entries(properties).map(([name, value]) => {
    const own = isObject(value) ? value : {};
    const { description, default: unlessTold } = own;
    return {
      name,
      kind: kindOf(own),
      required: required.includes(name),
      meaning: typeof description === "string" ? description : "",
      ...(unlessTold === undefined ? {} : { default: unlessTold }),
      schema: own,
    };
  });
}

/** A kind in a word or two. */
export function kindOf(schema: Json): string {
  if (!isObject(schema)) return "anything";
  if (Array.isArray(schema["enum"])) return `one of ${schema["enum"].map((each) => `\`${each}\``).join(", ")}`;
  if (schema["const"] !== undefined) return `\`${schema["const"]}\``;
  const either = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(either)) return [...new Set(either.map(kindOf))].join(" or ");
  switch (schema["type"]) {
    case "array":
      return `list of ${kindOf(schema["items"] ?? null)}`;
    case "object":
      return objectKind(schema);
    case "string":
      return "text";
    case "integer":
      return "whole number";
    case "number":
      return "number";
    case "boolean":
      return "true or false";
    default:
      return "anything";
  }
}

function objectKind(schema: JsonObject): string {
  const properties = schema["properties"];
  if (isObject(properties) && Object.keys(properties).length > 0) {
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
    return `{ ${names.join(", ")} }`;
  }
  const values = schema["additionalProperties"];
  return isObject(values) && Object.keys(values).length > 0 ? `mapping to ${kindOf(values)}` : "mapping";
}
