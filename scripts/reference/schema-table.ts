import { isObject, type JsonObject } from "@muster/model";
import { type ZodType, z } from "zod";

/** The properties of a schema as a table; `extra` adds a column. */
export function schemaTable(schema: ZodType, extra?: { title: string; of: (property: string) => string }): string {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonObject;
  const properties = isObject(json["properties"]) ? json["properties"] : {};
  const required = Array.isArray(json["required"]) ? json["required"] : [];
  const names = Object.keys(properties);
  if (names.length === 0) return "Nothing.";
  const rows = names.map((name) => {
    const property = properties[name];
    const what = isObject(property) && typeof property["description"] === "string" ? property["description"] : "";
    const cells = [`\`${name}\``, kindOf(property ?? null), required.includes(name) ? "yes" : "", what];
    return `| ${[...cells, ...(extra ? [extra.of(name)] : [])].join(" | ")} |`;
  });
  const titles = ["name", "kind", "required", "meaning", ...(extra ? [extra.title] : [])];
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...rows].join("\n");
}

/** A kind in a word or two: `text`, `list of text`, `one of "a", "b"`. */
export function kindOf(schema: JsonObject[string]): string {
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
