/** What a thing prints, and what a command does there: streams beside JSON-RPC. */
import { z } from "zod";
import { type Provider, ProviderError } from "../contract.ts";
import { beginStream } from "../wire/begin-stream.ts";
import { failedFrame, framesOf } from "../wire/frames.ts";
import { type HttpReply, type HttpRequest, textReply } from "../wire/http-server.ts";
import { INPUT_TYPE } from "../wire/input.ts";
import { BAD_REQUEST, parseJson, RpcFault } from "../wire/json-rpc.ts";
import { EXEC_PATH, execBody, LOGS_PATH, logsQuery } from "../wire/methods.ts";
import { faultOf } from "./handlers.ts";
import type { Plugin } from "./plugin.ts";

/** The stream that is asked for, or why there is none; undefined where no stream is asked for. */
export async function streamReply(plugin: Plugin, request: HttpRequest): Promise<HttpReply | undefined> {
  const { method, path } = request;
  const serve =
    method === "GET" && path === LOGS_PATH ? logs : method === "POST" && path === EXEC_PATH ? exec : undefined;
  if (serve === undefined) return undefined;
  try {
    return await serve(plugin, request);
  } catch (thrown) {
    const { code, message, data } = thrown instanceof RpcFault ? thrown : faultOf(thrown);
    return textReply(400, JSON.stringify({ error: { code, message, data } }), { "Content-Type": "application/json" });
  }
}

async function logs(plugin: Plugin, { query, signal }: HttpRequest): Promise<HttpReply> {
  const { type, id, lines, follow } = read(logsQuery, Object.fromEntries(query));
  const provider = providerOf(plugin, type);
  if (provider.logs === undefined) throw cannot(type, "logs");
  const asked = { follow: follow !== undefined, ...(lines === undefined ? {} : { lines }) };
  const body = await beginStream(provider.logs(id, asked, { signal }));
  return { kind: "stream", contentType: "application/octet-stream", body, isEndless: asked.follow };
}

async function exec(plugin: Plugin, { body, input, contentType, signal }: HttpRequest): Promise<HttpReply> {
  if (contentType !== "application/json" && input === undefined) {
    throw new RpcFault(BAD_REQUEST, `the body must be application/json or ${INPUT_TYPE}`);
  }
  const { type, id, command } = read(execBody, parseJson(body));
  const provider = providerOf(plugin, type);
  if (provider.exec === undefined) throw cannot(type, "exec");
  const execution = await provider.exec(id, { command, ...(input ? { input } : {}) }, { signal });
  const frames = framesOf(execution, failedFrame);
  return { kind: "stream", contentType: "application/x-ndjson", body: frames, isEndless: false };
}

function read<T>(schema: z.ZodType<T>, given: unknown): T {
  const found = schema.safeParse(given);
  if (found.success) return found.data;
  throw new RpcFault(BAD_REQUEST, z.prettifyError(found.error));
}

function providerOf({ types }: Plugin, name: string): Provider {
  const found = types.find(({ type }) => type.name === name);
  if (found === undefined) throw new ProviderError("invalid", `there is no type \`${name}\` here`);
  return found.provider;
}

function cannot(type: string, verb: string): ProviderError {
  return new ProviderError("invalid", `the type \`${type}\` has no ${verb}`);
}
