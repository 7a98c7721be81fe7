import { isObject } from "@muster/model";
import type { Provider } from "../contract.ts";
import { executionOf } from "../wire/frames.ts";
import type { HttpCall } from "../wire/http-client.ts";
import { FAILED, parseJson, RpcFault } from "../wire/json-rpc.ts";
import { MAX_ANSWER } from "../wire/limits.ts";
import { EXEC_PATH, LOGS_PATH, type ServedType } from "../wire/methods.ts";
import { type Caller, providerErrorOf } from "./caller.ts";

/** What a type's things print and what is run there, as far as the plugin can tell and do it. */
export function streamsOf({ name: type, can }: ServedType, caller: Caller): Pick<Provider, "logs" | "exec"> {
  return {
    ...(can.includes("logs") ? { logs: logsFrom(type, caller) } : {}),
    ...(can.includes("exec") ? { exec: execThrough(type, caller) } : {}),
  };
}

function logsFrom(type: string, caller: Caller): NonNullable<Provider["logs"]> {
  return async function* (id, { lines, follow }, { signal }) {
    const query = new URLSearchParams({
      ...{ type, id },
      ...(lines === undefined ? {} : { lines: String(lines) }),
      ...(follow ? { follow: "1" } : {}),
    });
    try {
      yield* await streamed(caller, { method: "GET", path: `${LOGS_PATH}?${query}`, body: "" }, "logs", signal);
    } catch (thrown) {
      if (!signal.aborted) throw providerErrorOf(thrown, "ask");
    }
  };
}

function execThrough(type: string, caller: Caller): NonNullable<Provider["exec"]> {
  return async (id, { command, input }, { signal }) => {
    const body = JSON.stringify({ type, id, command });
    const asked = { method: "POST", path: EXEC_PATH, body } as const;
    const call: HttpCall = { ...asked, ...(input === undefined ? { contentType: "application/json" } : { input }) };
    try {
      return executionOf(providersErrors(await streamed(caller, call, "exec", signal)), signal);
    } catch (thrown) {
      throw providerErrorOf(thrown, "act");
    }
  };
}

async function* providersErrors(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* bytes;
  } catch (thrown) {
    throw providerErrorOf(thrown, "act");
  }
}

/** The stream that answers a call, once it has begun. Throws `CallError`, also in the middle. */
async function streamed(
  caller: Caller,
  call: HttpCall,
  method: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { status, body } = await caller.stream(call, method, signal);
  if (status === 200) return body;
  const fault = faultIn(await textOf(body, caller, method));
  throw fault === undefined
    ? caller.unusable(method, `it has the status ${status}`, status)
    : caller.faulty(method, fault);
}

async function textOf(body: AsyncIterable<Uint8Array>, caller: Caller, method: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw caller.unusable(method, "its refusal does not end");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function faultIn(text: string): RpcFault | undefined {
  const answer = parseJson(text);
  const error = isObject(answer) ? answer["error"] : undefined;
  if (!isObject(error) || typeof error["message"] !== "string") return undefined;
  return new RpcFault(FAILED, error["message"], error["data"] ?? null);
}
