/**
 * Holds requests and answers against DigitalOcean's own description of its API. It is read where it lies beside the
 * checkout; where it is not, nothing can be checked.
 */
import { isObject, type Json, type JsonObject } from "@muster/model";
import { findDescription, list, object, readDocument, resolve } from "./description/document.ts";
import { AMENDMENTS, GOOD_ANSWERS_ARE_WHOLE, OPTIONAL_HEADERS, UNDECLARED, UNDESCRIBED } from "./description/gaps.ts";
import { type Operation, operationOf, parameterProblems, scopesOf } from "./description/operation.ts";
import { type Problem, problemsOf } from "./description/schema.ts";
import type { Exchange } from "./simulator/index.ts";

export interface Violation extends Problem {
  /** Who is at fault: whoever asked, or whoever answered. */
  readonly of: "request" | "answer";
  /** As `POST /v2/droplets 202`. */
  readonly exchange: string;
}

export interface Description {
  /** The rights that a request needs, as `droplet:read`; undefined where nothing like it is described. */
  scopesOf(method: string, path: string): readonly string[] | undefined;
  violationsOf(exchange: Exchange): readonly Violation[];
}

let read: { readonly description: Description | undefined } | undefined;

/** Undefined where the description is not at hand. */
export function description(): Description | undefined {
  read ??= { description: readDescription() };
  return read.description;
}

function readDescription(): Description | undefined {
  const file = findDescription();
  return file === undefined ? undefined : describedBy(readDocument(file, AMENDMENTS));
}

function describedBy(document: JsonObject): Description {
  return {
    scopesOf(method, path) {
      const operation = operationOf(document, method, path);
      return operation === undefined ? undefined : scopesOf(operation);
    },
    violationsOf(exchange) {
      if (UNDESCRIBED.some((path) => path.test(exchange.path))) return [];
      const operation = operationOf(document, exchange.method, exchange.path);
      const name = `${exchange.method} ${exchange.path} ${exchange.status ?? "unanswered"}`;
      const of = (who: Violation["of"]) => (problem: Problem) => ({ ...problem, of: who, exchange: name });
      if (operation === undefined) return [of("request")({ where: "", says: "there is no such operation" })];
      return [
        ...requestProblems(document, operation, exchange).map(of("request")),
        ...answerProblems(document, operation, exchange).map(of("answer")),
      ];
    },
  };
}

function requestProblems(document: JsonObject, operation: Operation, exchange: Exchange): readonly Problem[] {
  const context = { document, isRequest: true };
  const body = resolve(document, operation.described["requestBody"]);
  return [
    ...parameterProblems(context, operation, exchange.query),
    ...bodyProblems(body, exchange.body, () => problemsOf(context, schemaOf(body), json(exchange.body))),
  ];
}

function bodyProblems(body: JsonObject, given: unknown, inside: () => readonly Problem[]): readonly Problem[] {
  const isDescribed = body["content"] !== undefined;
  if (given === undefined) return isDescribed ? [{ where: "", says: "the body is missing" }] : [];
  return isDescribed ? inside() : [{ where: "", says: "there must be no body" }];
}

function answerProblems(document: JsonObject, { described }: Operation, exchange: Exchange): readonly Problem[] {
  const { status, fault } = exchange;
  // What stands between has answered, not the API.
  if (status === undefined || fault === "html") return [];
  const responses = object(described["responses"]);
  const declared = responses[String(status)] ?? (UNDECLARED.includes(status) ? responses["default"] : undefined);
  if (declared === undefined) return [{ where: "", says: `the status ${status} is not declared` }];
  const response = resolve(document, declared);
  const schema = schemaOf(response);
  return [
    ...headerProblems(document, response, exchange.headers),
    ...bodyProblems(response, exchange.answer, () => [
      ...problemsOf({ document, isRequest: false }, schema, json(exchange.answer)),
      ...(GOOD_ANSWERS_ARE_WHOLE && status < 300 ? lacks(document, schema, exchange.answer) : []),
    ]),
  ];
}

function headerProblems(
  document: JsonObject,
  response: JsonObject,
  headers: Readonly<Record<string, string>>,
): readonly Problem[] {
  return Object.entries(object(response["headers"])).flatMap(([name, header]) => {
    const value = headers[name];
    if (value === undefined) return OPTIONAL_HEADERS.includes(name) ? [] : [{ where: name, says: "is missing" }];
    const { type } = resolve(document, resolve(document, header)["schema"]);
    return type === "integer" && !/^\d+$/.test(value) ? [{ where: name, says: `\`${value}\` is no integer` }] : [];
  });
}

function lacks(document: JsonObject, schema: Json | undefined, answer: unknown): readonly Problem[] {
  const given = isObject(answer) ? answer : {};
  const missing = topmost(document, schema).filter((key) => !Object.hasOwn(given, key));
  return missing.map((key) => ({ where: key, says: "is missing" }));
}

function topmost(document: JsonObject, schema: Json | undefined): readonly string[] {
  const { properties, allOf } = resolve(document, schema);
  return [...Object.keys(object(properties)), ...list(allOf).flatMap((part) => topmost(document, part))];
}

function schemaOf(described: JsonObject): Json | undefined {
  return object(object(described["content"])["application/json"])["schema"];
}

/** As it stands on the wire. */
function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
