import { type JsonObject, MusterError } from "@muster/model";
import type { ZodType } from "zod";
import { z } from "zod";
import type { FailureKind, Schema } from "../contract.ts";
import { type Method, methods, PROTOCOL } from "../wire/methods.ts";
import { type Caller, type Purpose, providerErrorOf } from "./caller.ts";

/** Asks a plugin of Muster's own kind what it is. Throws `plugin.version` when it speaks another version. */
export async function hello(caller: Caller) {
  const { name, result } = methods.hello;
  const answer = await caller.rpc(name, {}, "probe");
  const { protocol } = answer;
  if (typeof protocol === "number" && protocol !== PROTOCOL) {
    throw new MusterError("plugin.version", {
      name: caller.name,
      found: `version ${protocol} of Muster's protocol`,
      wanted: `version ${PROTOCOL}`,
    });
  }
  return understood(caller, name, result, answer);
}

/** Calls one of Muster's methods on behalf of a type or a flavor: all that can go wrong is a `ProviderError`. */
export async function callMuster<P extends object, R>(
  caller: Caller,
  method: Method<P, R>,
  params: P,
  purpose: Purpose,
  signal?: AbortSignal,
  otherwise?: FailureKind,
): Promise<R> {
  try {
    const answer = await caller.rpc(method.name, params, purpose, signal);
    return understood(caller, method.name, method.result, answer);
  } catch (thrown) {
    throw providerErrorOf(thrown, purpose, otherwise);
  }
}

function understood<R>(caller: Caller, method: string, result: ZodType<R>, answer: JsonObject): R {
  const read = result.safeParse(answer);
  if (!read.success) throw caller.unusable(method, z.prettifyError(read.error));
  return read.data;
}

/** A schema as it came over the wire. Throws `plugin.bad-answer`, as a `CallError`, when it is none. */
export function schemaOf(caller: Caller, name: string, jsonSchema: JsonObject): Schema<JsonObject> {
  try {
    const schema = z.fromJSONSchema(jsonSchema) as Schema<JsonObject>;
    // One that leads to nothing but itself shows it only when it is used.
    schema.safeParse({});
    return schema;
  } catch (thrown) {
    throw caller.unusable(methods.hello.name, `the schema of ${name} is no JSON Schema: ${String(thrown)}`);
  }
}
