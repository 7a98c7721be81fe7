/**
 * JSON-RPC 2.0 as InfraKit's servers speak it. Ids come back digit for digit: InfraKit's clients send 63-bit numbers,
 * which no JavaScript number can hold, so an id is kept as the text it was written in.
 */
import { isObject, type Json, type JsonObject, messageOf } from "@muster/model";
import { field } from "./fields.ts";

export const FAILED = -32000;
export const BAD_REQUEST = -32600;

/** An error as it stands in an answer. */
export class RpcFault extends Error {
  override readonly name = "RpcFault";
  readonly code: number;
  readonly data: Json;

  constructor(code: number, message: string, data: Json = null) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Carries a method out. Throws `RpcFault`; whatever else is thrown becomes an error without data. */
export type Dispatch = (method: string, params: Json | undefined) => Promise<object>;

/**
 * The text that answers a request. Empty where InfraKit's servers answer nothing: to what is not a request at all, and
 * to one without an id. (One without an id is carried out all the same.)
 */
export async function answerRpc(text: string, dispatch: Dispatch): Promise<string> {
  const request = readRequest(text);
  if (request === undefined) return "";
  const outcome = await carryOut(request, dispatch);
  return request.id === undefined ? "" : `{"jsonrpc":"2.0",${outcome},"id":${request.id}}\n`;
}

/** A request's parameters by name: an object, or InfraKit's list of one object. Missing ones are none. */
export function namedParams(params: Json | undefined): JsonObject {
  const named = Array.isArray(params) ? (params[0] ?? {}) : (params ?? {});
  if (!isObject(named)) throw new RpcFault(BAD_REQUEST, "params must be an object, or a list of one", params ?? null);
  return named;
}

interface Request {
  /** As it was written. Undefined when nobody wants an answer. */
  readonly id: string | undefined;
  readonly whole: JsonObject;
}

function readRequest(text: string): Request | undefined {
  const sources = new Map<unknown, string>();
  let whole: Json;
  try {
    whole = JSON.parse(text, function (this: unknown, key: string, value: Json, context?: { source?: string }) {
      if (key.toLowerCase() === "id" && context?.source !== undefined) sources.set(this, context.source);
      return value;
    });
  } catch (thrown) {
    // InfraKit's clients rely on it: half a request is answered with 200 and nothing.
    if (thrown instanceof SyntaxError || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
  if (!isObject(whole)) return undefined;
  const id = field(whole, "id") ?? null;
  return { id: id === null ? undefined : (sources.get(whole) ?? JSON.stringify(id)), whole };
}

/** The member of the answer that tells how it went. */
async function carryOut({ id, whole }: Request, dispatch: Dispatch): Promise<string> {
  const method = field(whole, "method");
  const params = field(whole, "params");
  if (field(whole, "jsonrpc") !== "2.0") {
    const given = [field(whole, "jsonrpc"), method, params].map((each) => JSON.stringify(each ?? null));
    const data = `{"jsonrpc":${given[0]},"method":${given[1]},"params":${given[2]},"id":${id ?? "null"}}`;
    return faultText(BAD_REQUEST, "jsonrpc must be 2.0", data);
  }
  try {
    const name = typeof method === "string" ? method : "";
    return `"result":${JSON.stringify(await dispatch(name, params))}`;
  } catch (thrown) {
    const fault = thrown instanceof RpcFault ? thrown : new RpcFault(FAILED, messageOf(thrown));
    return faultText(fault.code, fault.message, JSON.stringify(fault.data));
  }
}

function faultText(code: number, message: string, data: string): string {
  return `"error":{"code":${code},"message":${JSON.stringify(message)},"data":${data}}`;
}

/** What an answer says; or why it says nothing that can be used. */
export type RpcAnswer =
  | { readonly kind: "result"; readonly result: JsonObject }
  | { readonly kind: "fault"; readonly fault: RpcFault }
  | { readonly kind: "rubbish"; readonly detail: string };

/** Reads the answer to a request of this id. Never throws. */
export function readAnswer(text: string, id: number): RpcAnswer {
  const answer = parseJson(text);
  if (answer === undefined) return rubbish(text === "" ? "it is empty" : "it is not JSON");
  if (!isObject(answer)) return rubbish("it is not an object");
  if (answer["jsonrpc"] !== "2.0") return rubbish("it is not JSON-RPC 2.0");
  if (answer["id"] !== id) return rubbish("it is the answer to something else: the id differs");
  const { result, error } = answer;
  if (isObject(error)) {
    const { code, message, data } = error;
    if (typeof code !== "number" || typeof message !== "string") return rubbish("its error has no code and message");
    return { kind: "fault", fault: new RpcFault(code, message, data ?? null) };
  }
  if (!isObject(result)) return rubbish("it has no result that is an object");
  return { kind: "result", result };
}

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rubbish(detail: string): RpcAnswer {
  return { kind: "rubbish", detail };
}
