/** What a thing prints and shows, and what a command or a tool does there: streams beside JSON-RPC. */
import { z } from "zod";
import { ProviderError } from "../contract.ts";
import { whyNotTold } from "../tools.ts";
import { beginStream } from "../wire/begin-stream.ts";
import { failedFrame, framesOf } from "../wire/frames.ts";
import { type HttpReply, type HttpRequest, textReply } from "../wire/http-server.ts";
import { INPUT_TYPE } from "../wire/input.ts";
import { BAD_REQUEST, parseJson, RpcFault } from "../wire/json-rpc.ts";
import { TOOL_QUIET } from "../wire/limits.ts";
import {
  CONSOLE_PATH,
  consoleBody,
  EXEC_PATH,
  execBody,
  LOGS_PATH,
  logsQuery,
  TOOL_PATH,
  toolBody,
} from "../wire/methods.ts";
import { faultOf } from "./handlers.ts";
import type { OpenType, Plugin } from "./plugin.ts";

type Serve = (plugin: Plugin, request: HttpRequest) => Promise<HttpReply>;

/** The stream that is asked for, or why there is none; undefined where no stream is asked for. */
export async function streamReply(plugin: Plugin, request: HttpRequest): Promise<HttpReply | undefined> {
  const serve = STREAMS.get(`${request.method} ${request.path}`);
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
  const { provider } = openType(plugin, type);
  if (provider.logs === undefined) throw cannot(type, "logs");
  const asked = { follow: follow !== undefined, ...(lines === undefined ? {} : { lines }) };
  const body = await beginStream(provider.logs(id, asked, { signal }));
  return { ...BYTES, body, isEndless: asked.follow };
}

async function exec(plugin: Plugin, request: HttpRequest): Promise<HttpReply> {
  const { type, id, command } = readBody(execBody, request);
  const { input, signal } = request;
  const { provider } = openType(plugin, type);
  if (provider.exec === undefined) throw cannot(type, "exec");
  const execution = await provider.exec(id, { command, ...(input ? { input } : {}) }, { signal });
  const frames = framesOf(execution, failedFrame);
  return { kind: "stream", contentType: "application/x-ndjson", body: frames, isEndless: false };
}

async function showConsole(plugin: Plugin, request: HttpRequest): Promise<HttpReply> {
  const { type, id, lines, follow = false } = readBody(consoleBody, request);
  const { input, signal } = request;
  const { provider } = openType(plugin, type);
  if (provider.console === undefined) throw cannot(type, "console");
  const asked = { follow, ...(lines === undefined ? {} : { lines }), ...(input ? { input } : {}) };
  const body = await beginStream(provider.console(id, asked, { signal }));
  return { ...BYTES, body, isEndless: follow || input !== undefined };
}

async function useTool(plugin: Plugin, request: HttpRequest): Promise<HttpReply> {
  const { type: name, id, tool, argument } = readBody(toolBody, request);
  const { type, provider } = openType(plugin, name);
  if (provider.tool === undefined || !type.tools?.includes(tool)) throw cannot(name, tool);
  const asked = { tool, ...(argument === undefined ? {} : { argument }) };
  const why = whyNotTold(asked);
  if (why !== undefined) throw new ProviderError("invalid", why);
  const body = await beginStream(provider.tool(id, asked, { signal: request.signal }), TOOL_QUIET);
  return { ...BYTES, body, isEndless: tool === "trace" };
}

const BYTES = { kind: "stream", contentType: "application/octet-stream" } as const;

const STREAMS: ReadonlyMap<string, Serve> = new Map([
  [`GET ${LOGS_PATH}`, logs],
  [`POST ${EXEC_PATH}`, exec],
  [`POST ${CONSOLE_PATH}`, showConsole],
  [`POST ${TOOL_PATH}`, useTool],
]);

function readBody<T>(schema: z.ZodType<T>, { body, input, contentType }: HttpRequest): T {
  if (contentType === "application/json" || input !== undefined) return read(schema, parseJson(body));
  throw new RpcFault(BAD_REQUEST, `the body must be application/json or ${INPUT_TYPE}`);
}

function read<T>(schema: z.ZodType<T>, given: unknown): T {
  const found = schema.safeParse(given);
  if (found.success) return found.data;
  throw new RpcFault(BAD_REQUEST, z.prettifyError(found.error));
}

function openType({ types }: Plugin, name: string): OpenType {
  const found = types.find(({ type }) => type.name === name);
  if (found === undefined) throw new ProviderError("invalid", `there is no type \`${name}\` here`);
  return found;
}

function cannot(type: string, verb: string): ProviderError {
  return new ProviderError("invalid", `the type \`${type}\` has no ${verb}`);
}
