import { isObject, type Json, type JsonObject, MusterError } from "@muster/model";

/** What a text means that was typed for a property: the kind is the schema's. Throws `usage.bad-value`. */
export function typedValue(property: string, schema: JsonObject, text: string): Json {
  const kinds = kindsOf(schema);
  if (kinds.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (kinds.has("null") && text === "null") return null;
  if (isNumeric(kinds) && isPlainNumber(text)) return Number(text);
  if (kinds.has("string") && !/^[[{]/.test(text)) return text;
  const read = jsonOf(text);
  if (read !== undefined && (kinds.size === 0 || kinds.has(kindOfJson(read)))) return read;
  if (kinds.has("string") || kinds.size === 0) return text;
  const wanted = [...kinds].map((kind) => WORDS[kind] ?? kind).join(" or ");
  throw new MusterError("usage.bad-value", { what: property, detail: `\`${text}\` is none`, wanted });
}

const WORDS: Readonly<Record<string, string>> = {
  boolean: "`true` or `false`",
  integer: "a whole number",
  number: "a number",
  array: 'a list as JSON, such as `["a","b"]`',
  object: 'a mapping as JSON, such as `{"a":1}`',
};

/** The kinds of JSON Schema that a value may have; none where anything may stand there. */
function kindsOf(schema: Json): ReadonlySet<string> {
  if (!isObject(schema)) return new Set();
  const either = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(either)) {
    const kinds = either.map(kindsOf);
    return kinds.some((each) => each.size === 0) ? new Set() : new Set(kinds.flatMap((each) => [...each]));
  }
  const { type, enum: values } = schema;
  if (typeof type === "string") return new Set([type]);
  if (Array.isArray(type)) return new Set(type.filter((each) => typeof each === "string"));
  if (Array.isArray(values)) return new Set(values.map(kindOfJson));
  return schema["const"] === undefined ? new Set() : new Set([kindOfJson(schema["const"])]);
}

function isNumeric(kinds: ReadonlySet<string>): boolean {
  return kinds.has("integer") || kinds.has("number");
}

/** `010` and `1e3` are what somebody typed, and no numbers. */
function isPlainNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function kindOfJson(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
