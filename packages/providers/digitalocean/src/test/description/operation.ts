/** What the description says of one request: which operation it is, with which parameters. */
import { isObject, type Json, type JsonObject } from "@muster/model";
import { list, object, resolve } from "./document.ts";
import { type Context, type Problem, problemsOf } from "./schema.ts";

export interface Operation {
  readonly described: JsonObject;
  /** What stands for the names in the path. */
  readonly params: Readonly<Record<string, string>>;
}

/** The operation of a request; paths with words of their own go before those with a parameter in the same place. */
export function operationOf(document: JsonObject, method: string, path: string): Operation | undefined {
  const given = path.replace(/\/+$/, "").split("/");
  const fitting = Object.entries(object(document["paths"])).flatMap(([template, item]) => {
    const params = paramsOf(template.split("/"), given);
    const described = isObject(item) ? item[method.toLowerCase()] : undefined;
    return params === undefined || !isObject(described) ? [] : [{ described, params }];
  });
  return fitting.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0];
}

/** The rights that an operation needs, as `droplet:read`. */
export function scopesOf({ described }: Operation): readonly string[] {
  return list(described["security"]).flatMap((each) => list(object(each)["bearer_auth"]).map(String));
}

/** What is wrong with the parameters of a request, in the path and in the query. */
export function parameterProblems(
  context: Context,
  { described, params }: Operation,
  query: Readonly<Record<string, string>>,
): readonly Problem[] {
  const all = list(described["parameters"]).map((each) => resolve(context.document, each));
  const inPath = all.filter((each) => each["in"] === "path");
  const inQuery = all.filter((each) => each["in"] === "query");
  const undescribed = Object.keys(query).filter((key) => inQuery.every(({ name }) => name !== key));
  return [
    ...inPath.flatMap((each) => parameterProblem(context, each, params)),
    ...inQuery.flatMap((each) => parameterProblem(context, each, query)),
    ...undescribed.map((key) => ({ where: `?${key}`, says: "is not described" })),
  ];
}

function parameterProblem(
  context: Context,
  parameter: JsonObject,
  given: Readonly<Record<string, string>>,
): readonly Problem[] {
  const name = String(parameter["name"]);
  const where = parameter["in"] === "query" ? `?${name}` : `{${name}}`;
  const text = given[name];
  if (text === undefined) return parameter["required"] === true ? [{ where, says: "is missing" }] : [];
  const schema = resolve(context.document, parameter["schema"]);
  return problemsOf({ ...context, isRequest: false }, schema, typedOf(context, schema, text), where);
}

/** A text of a request's first line, as what it stands for. */
function typedOf(context: Context, schema: JsonObject, text: string): Json {
  const types = [schema, ...list(schema["anyOf"]).map((each) => resolve(context.document, each))].map(
    ({ type }) => type,
  );
  if (types.includes("integer") && /^-?\d+$/.test(text)) return Number(text);
  if (types.includes("boolean") && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

function paramsOf(template: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (template.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const name = /^\{(.*)\}$/.exec(part)?.[1];
    const text = given[index] ?? "";
    if (name !== undefined) params[name] = unescaped(text);
    else if (part !== text) return undefined;
  }
  return params;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
