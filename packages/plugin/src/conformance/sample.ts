/** Values made up from a JSON Schema: the least that it accepts, something that it refuses, and another value. */
import { isObject, type Json, type JsonObject, sameJson } from "@muster/model";

const TEXT = "conformance";
const FORMATS: Readonly<Record<string, string>> = {
  email: "conformance@example.org",
  uri: "http://127.0.0.1/",
  uuid: "00000000-0000-4000-8000-000000000000",
  date: "2026-01-01",
  "date-time": "2026-01-01T00:00:00Z",
  ipv4: "127.0.0.1",
};

/** The least value that the schema asks for. Where a pattern or the like asks for more, the schema will refuse it. */
export function leastValue(schema: JsonObject, root: JsonObject = schema): Json {
  if (schema["const"] !== undefined) return schema["const"];
  const given = first(schema["enum"]) ?? first(schema["examples"]) ?? schema["default"];
  if (given !== undefined) return given;
  const referred = referredBy(schema, root);
  if (referred !== undefined) return leastValue(referred, root);
  const branch = first(schema["anyOf"]) ?? first(schema["oneOf"]) ?? first(schema["allOf"]);
  if (isObject(branch)) return leastValue(branch, root);
  return leastOfKind(schema, root);
}

function leastOfKind(schema: JsonObject, root: JsonObject): Json {
  const kind = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (kind) {
    case "string":
      return leastText(schema);
    case "number":
    case "integer":
      return leastNumber(schema);
    case "boolean":
      return false;
    case "array":
      return Array.from({ length: numberOf(schema["minItems"], 0) }, () => leastValue(objectOf(schema["items"]), root));
    case "null":
      return null;
    default:
      return leastObject(schema, root);
  }
}

function leastText(schema: JsonObject): string {
  const text = FORMATS[String(schema["format"] ?? "")] ?? TEXT;
  return text.padEnd(numberOf(schema["minLength"], 0), "x").slice(0, numberOf(schema["maxLength"], 1_000_000));
}

function leastNumber(schema: JsonObject): number {
  const above = schema["exclusiveMinimum"];
  const least = typeof above === "number" ? above + 1 : numberOf(schema["minimum"], 1);
  const step = numberOf(schema["multipleOf"], 0);
  return Math.min(step > 0 ? Math.ceil(least / step) * step : least, numberOf(schema["maximum"], least));
}

function leastObject(schema: JsonObject, root: JsonObject): JsonObject {
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const properties = objectOf(schema["properties"]);
  return Object.fromEntries(required.map((key) => [key, leastValue(objectOf(properties[key]), root)]));
}

/** The least value of one property. */
export function leastProperty(schema: JsonObject, key: string): Json {
  return leastValue(objectOf(objectOf(schema["properties"])[key]), schema);
}

/** The names of the properties that the schema speaks of. */
export function propertyNames(schema: JsonObject): readonly string[] {
  return Object.keys(objectOf(schema["properties"]));
}

/** Values that are likely to be refused: something missing, something of another kind, something that nobody knows. */
export function rubbishFor(schema: JsonObject, sample: JsonObject): readonly JsonObject[] {
  const keys = new Set([...propertyNames(schema), ...Object.keys(sample)]);
  const wrong = [...keys].flatMap((key) => WRONG.map((value) => ({ ...sample, [key]: value })));
  const missing = Object.keys(sample).map((key) => without(sample, key));
  return [...wrong, ...missing, { ...sample, "conformance-unknown": 1 }];
}

const WRONG: readonly Json[] = [[{ wrong: "kind" }], 5.5, "wrong kind", { wrong: { kind: [] } }, null];

/** Values of the same kind that differ from this one. */
export function othersOf(value: Json, property: Json | undefined): readonly Json[] {
  const told = isObject(property) ? [property["enum"], property["examples"]] : [];
  const listed = told.flatMap((each): readonly Json[] => (Array.isArray(each) ? each : []));
  return [...listed, ...differing(value)].filter((each) => !sameJson(each, value));
}

function differing(value: Json): readonly Json[] {
  if (typeof value === "string") return [`${value}-changed`, `${TEXT}-changed`, "changed"];
  if (typeof value === "number") return [value + 1, value - 1, value * 2];
  if (typeof value === "boolean") return [!value];
  if (Array.isArray(value)) return [[...value, TEXT], [...value, 1], []];
  if (isObject(value)) return [{ ...value, conformance: "changed" }];
  return [];
}

function referredBy({ $ref }: JsonObject, root: JsonObject): JsonObject | undefined {
  if (typeof $ref !== "string" || !$ref.startsWith("#/")) return undefined;
  const found = $ref
    .slice(2)
    .split("/")
    .reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), root);
  return isObject(found) ? found : undefined;
}

function without(sample: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(sample).filter(([each]) => each !== key));
}

function first(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function numberOf(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
