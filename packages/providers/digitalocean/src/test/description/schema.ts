/** Holds a value against a schema of the description, with the world closed: what is not described must not be there. */
import { isIPv4, isIPv6 } from "node:net";
import { isObject, type Json, type JsonObject } from "@muster/model";
import { list, object, resolve } from "./document.ts";

export interface Problem {
  /** As `droplet.networks.v4[0].gateway`; empty for the whole. */
  readonly where: string;
  readonly says: string;
}

export interface Context {
  readonly document: JsonObject;
  /** In a request, what only DigitalOcean writes must not be there. */
  readonly isRequest: boolean;
}

interface Finding {
  readonly problems: readonly Problem[];
  /** The fields that the schema knows of. */
  readonly known: ReadonlySet<string>;
}

const FINE: Finding = { problems: [], known: new Set() };

/** What is wrong with a value, and with everything in it. */
export function problemsOf(context: Context, schema: Json | undefined, value: Json, where = ""): readonly Problem[] {
  const { problems, known } = inspect(context, resolve(context.document, schema), value, where);
  if (!isObject(value)) return problems;
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  return [...problems, ...unknown.map((key) => ({ where: join(where, key), says: "is not described" }))];
}

/** Without closing the world: whoever puts several schemas together does that. */
function inspect(context: Context, schema: JsonObject, value: Json, where: string): Finding {
  if (value === null && schema["nullable"] === true) return FINE;
  return merge([
    plain(schema, value, where),
    ...(isObject(value) ? [fieldsOf(context, schema, value, where)] : []),
    ...(Array.isArray(value) && schema["items"] !== undefined
      ? value.map((each, index) => closed(context, schema["items"], each, `${where}[${index}]`))
      : []),
    ...list(schema["allOf"]).map((part) => inspect(context, resolve(context.document, part), value, where)),
    choice(context, schema, value, where),
  ]);
}

function fieldsOf(context: Context, schema: JsonObject, value: JsonObject, where: string): Finding {
  const properties = object(schema["properties"]);
  const missing = list(schema["required"])
    .map(String)
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => ({ where: join(where, key), says: "is missing" }));
  const inside = Object.entries(properties).flatMap(([key, property]) => {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    if (given === undefined) return [];
    const isTheirs = context.isRequest && resolve(context.document, property)["readOnly"] === true;
    if (isTheirs) return [{ where: join(where, key), says: "can only be read" }];
    return problemsOf(context, property, given, join(where, key));
  });
  return { problems: [...missing, ...inside], known: new Set(Object.keys(properties)) };
}

/** One of several schemas: the one that the discriminator names, else whichever fits. */
function choice(context: Context, schema: JsonObject, value: Json, where: string): Finding {
  const exclusive = list(schema["oneOf"]);
  const branches = exclusive.length > 0 ? exclusive : list(schema["anyOf"]);
  if (branches.length === 0) return FINE;
  const discriminator = object(schema["discriminator"]);
  if (discriminator["propertyName"] !== undefined) return named(context, discriminator, value, where);
  const findings = branches.map((branch) => inspect(context, resolve(context.document, branch), value, where));
  const fitting = findings.filter(({ problems }) => problems.length === 0);
  if (exclusive.length > 0 && fitting.length > 1) {
    return {
      problems: [{ where, says: `fits ${fitting.length} schemas, and must fit one` }],
      known: merge(fitting).known,
    };
  }
  if (fitting.length > 0) return merge(fitting);
  return findings.toSorted((a, b) => a.problems.length - b.problems.length)[0] ?? FINE;
}

function named(context: Context, discriminator: JsonObject, value: Json, where: string): Finding {
  const property = String(discriminator["propertyName"]);
  const name = isObject(value) ? String(value[property]) : "";
  const mapping = object(discriminator["mapping"]);
  const reference = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
  if (reference === undefined) {
    const says = `\`${name}\` is none of those described`;
    return { problems: [{ where: join(where, property), says }], known: new Set([property]) };
  }
  return inspect(context, resolve(context.document, { $ref: reference }), value, where);
}

function closed(context: Context, schema: Json | undefined, value: Json, where: string): Finding {
  return { problems: problemsOf(context, schema, value, where), known: new Set() };
}

/** What a schema says of a value alone. */
function plain(schema: JsonObject, value: Json, where: string): Finding {
  const says = [typeProblem(schema, value), ...limitProblems(schema, value)].filter((each) => each !== undefined);
  return { problems: says.map((each) => ({ where, says: each })), known: new Set() };
}

function typeProblem({ type, enum: among }: JsonObject, value: Json): string | undefined {
  if (type !== undefined && !isOfType(String(type), value)) return `is ${kindOf(value)}, and must be ${type}`;
  if (Array.isArray(among) && !among.includes(value)) return `\`${value}\` is none of ${among.join(", ")}`;
  return undefined;
}

function limitProblems(schema: JsonObject, value: Json): readonly (string | undefined)[] {
  if (typeof value === "string") {
    const { pattern, maxLength, format } = schema;
    return [
      typeof pattern === "string" && !new RegExp(pattern).test(value)
        ? `\`${value}\` does not match ${pattern}`
        : undefined,
      typeof maxLength === "number" && value.length > maxLength ? `is longer than ${maxLength}` : undefined,
      typeof format === "string" && FORMATS[format]?.(value) === false ? `\`${value}\` is no ${format}` : undefined,
    ];
  }
  if (typeof value !== "number") return [];
  const { minimum, maximum, multipleOf } = schema;
  return [
    typeof minimum === "number" && value < minimum ? `${value} is less than ${minimum}` : undefined,
    typeof maximum === "number" && value > maximum ? `${value} is more than ${maximum}` : undefined,
    typeof multipleOf === "number" && value % multipleOf !== 0 ? `${value} is no multiple of ${multipleOf}` : undefined,
  ];
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  uri: (text) => URL.canParse(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
};

function isOfType(type: string, value: Json): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    default:
      return typeof value === type;
  }
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function merge(findings: readonly Finding[]): Finding {
  return {
    problems: findings.flatMap(({ problems }) => problems),
    known: new Set(findings.flatMap(({ known }) => [...known])),
  };
}

function join(where: string, key: string): string {
  return where === "" ? key : `${where}.${key}`;
}
