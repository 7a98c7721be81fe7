import { isObject } from "@muster/model";
import { type Provider, TOOLS, type Tool } from "../contract.ts";
import { executionOf } from "../wire/frames.ts";
import type { HttpCall } from "../wire/http-client.ts";
import { FAILED, parseJson, RpcFault } from "../wire/json-rpc.ts";
import { MAX_ANSWER } from "../wire/limits.ts";
import { CONSOLE_PATH, EXEC_PATH, LOGS_PATH, type ServedType, TOOL_PATH } from "../wire/methods.ts";
import { type Caller, providerErrorOf } from "./caller.ts";

/** The streams that things may have. */
export type Streams = Pick<Provider, "logs" | "exec" | "console" | "tool">;

/** The tools that a plugin names; those of a later Muster are none here. */
export function toolsOf({ tools = [] }: ServedType): readonly Tool[] {
  return TOOLS.filter((tool) => tools.includes(tool));
}

/** What a type's things print and show and what is done there, as far as the plugin can tell and do it. */
export function streamsOf(served: ServedType, caller: Caller): Streams {
  const { name: type, can } = served;
  return {
    ...(can.includes("logs") ? { logs: logsFrom(type, caller) } : {}),
    ...(can.includes("exec") ? { exec: execThrough(type, caller) } : {}),
    ...(can.includes("console") ? { console: consoleFrom(type, caller) } : {}),
    ...(toolsOf(served).length > 0 ? { tool: toolThrough(type, caller) } : {}),
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
    try {
      const bytes = await streamed(caller, callOf(EXEC_PATH, body, input), "exec", signal);
      return executionOf(providersErrors(bytes), signal);
    } catch (thrown) {
      throw providerErrorOf(thrown, "act");
    }
  };
}

function consoleFrom(type: string, caller: Caller): NonNullable<Provider["console"]> {
  return async function* (id, { lines, follow, input }, { signal }) {
    const body = JSON.stringify({ type, id, lines, follow });
    try {
      yield* await streamed(caller, callOf(CONSOLE_PATH, body, input), "console", signal);
    } catch (thrown) {
      if (!signal.aborted) throw providerErrorOf(thrown, input === undefined ? "ask" : "act");
    }
  };
}

function toolThrough(type: string, caller: Caller): NonNullable<Provider["tool"]> {
  return async function* (id, { tool, argument }, { signal }) {
    const body = JSON.stringify({ type, id, tool, argument });
    try {
      yield* await streamed(caller, callOf(TOOL_PATH, body), tool, signal);
    } catch (thrown) {
      if (!signal.aborted) throw providerErrorOf(thrown, "act");
    }
  };
}

function callOf(path: string, body: string, input?: AsyncIterable<Uint8Array>): HttpCall {
  return { method: "POST", path, body, ...(input === undefined ? { contentType: "application/json" } : { input }) };
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
