/** What is asked of single members: streams of bytes and of frames, and what ends them. */
import type { IncomingMessage } from "node:http";
import { isObject, MusterError, messageOf } from "@muster/model";
import {
  beginStream,
  framesOf,
  INPUT_TYPE,
  isTool,
  type LogsAsked,
  MAX_LINES,
  sendBytes,
  splitInput,
  TOOL_QUIET,
  TOOLS,
} from "@muster/plugin";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type {
  ConsoleRequest,
  ExecFrame,
  ExecRequest,
  GroupAnswer,
  LogsQuery,
  ReplaceRequest,
  ToolRequest,
} from "../api.ts";
import { wireErrorOf } from "../api-errors.ts";
import type { ApiDeps } from "./deps.ts";
import { by, find, GROUP, type Named, viewOf } from "./groups.ts";
import { CONSOLE, EXEC, REPLACE, TOOL } from "./requests.ts";

interface OfInstance extends Named {
  readonly id: string;
}

/** As they come: a text, or a list of what was given more than once. */
type Given = Readonly<Partial<Record<keyof LogsQuery, string | readonly string[]>>>;

const INSTANCE = `${GROUP}/instances/:id`;
const BYTES = "application/octet-stream";

export function instanceRoutes(app: FastifyInstance, { stacks, closing }: ApiDeps): void {
  app.get<{ Params: OfInstance; Querystring: Given }>(`${INSTANCE}/logs`, async ({ params, query }, reply) => {
    const { keeper } = find(stacks, params);
    const asked = askedIn(query);
    const body = await beginStream(keeper.logs(params.group, params.id, asked, wanted(reply, closing)));
    reply.hijack();
    await sendBytes(reply.raw, { contentType: BYTES, body }, closing);
  });

  const inputs = new WeakMap<object, AsyncIterable<Uint8Array>>();
  app.addContentTypeParser(INPUT_TYPE, async (_request: FastifyRequest, payload: IncomingMessage) => {
    const { asked, input } = await splitInput(payload).catch((thrown: unknown) => {
      throw badRequest(messageOf(thrown));
    });
    const body = parsed(asked);
    if (isObject(body)) inputs.set(body, input);
    return body;
  });
  app.post<{ Params: OfInstance; Body: ExecRequest }>(
    `${INSTANCE}/exec`,
    { schema: EXEC },
    async ({ params, body }, reply) => {
      const { keeper } = find(stacks, params);
      const signal = wanted(reply, closing);
      const input = inputs.get(body);
      const asked = { command: body.command, ...(input === undefined ? {} : { input }) };
      const execution = await keeper.exec(params.group, params.id, asked, by(body), signal);
      reply.hijack();
      const frames = framesOf(execution, failedFrame);
      await sendBytes(reply.raw, { contentType: "application/x-ndjson", body: frames }, closing);
    },
  );

  app.post<{ Params: OfInstance; Body: ConsoleRequest }>(
    `${INSTANCE}/console`,
    { schema: CONSOLE },
    async ({ params, body }, reply) => {
      const { keeper } = find(stacks, params);
      const { lines, follow = false } = body;
      const input = inputs.get(body);
      const asked = {
        follow,
        ...(lines === undefined ? {} : { lines }),
        ...(input === undefined ? {} : { input }),
      };
      const shown = keeper.console(params.group, params.id, asked, by(body), wanted(reply, closing));
      const begun = await beginStream(shown);
      reply.hijack();
      await sendBytes(reply.raw, { contentType: BYTES, body: begun }, closing);
    },
  );

  app.post<{ Params: OfInstance & { readonly tool: string }; Body: ToolRequest }>(
    `${INSTANCE}/tools/:tool`,
    { schema: TOOL },
    async ({ params, body }, reply) => {
      const { keeper } = find(stacks, params);
      const { tool } = params;
      if (!isTool(tool)) throw badRequest(`there is no tool \`${tool}\`: there are ${TOOLS.join(", ")}`);
      const asked = { tool, ...(body.argument === undefined ? {} : { argument: body.argument }) };
      const given = keeper.tool(params.group, params.id, asked, by(body), wanted(reply, closing));
      const begun = await beginStream(given, TOOL_QUIET);
      reply.hijack();
      await sendBytes(reply.raw, { contentType: BYTES, body: begun }, closing);
    },
  );

  for (const verb of ["replace", "quarantine"] as const) {
    app.post<{ Params: OfInstance; Body: ReplaceRequest }>(
      `${INSTANCE}/${verb}`,
      { schema: REPLACE },
      async ({ params, body }): Promise<GroupAnswer> => {
        const { keeper } = find(stacks, params);
        await keeper[verb](params.group, params.id, { actor: by(body), force: body.force === true });
        return { group: viewOf(keeper, params.group) ?? null, unchanged: false };
      },
    );
  }
}

/** Aborted when nobody takes the answer any more: the client has gone away, or the server begins to close. */
function wanted(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  if (reply.raw.destroyed) gone.abort();
  return AbortSignal.any([closing, gone.signal]);
}

function failedFrame(thrown: unknown): ExecFrame {
  return { failed: wireErrorOf(thrown) };
}

function askedIn({ lines, follow }: Given): LogsAsked {
  if (follow !== undefined && follow !== "1") throw badRequest("follow is 1, or left out");
  if (lines === undefined) return { follow: follow === "1" };
  const count = Number(lines);
  if (typeof lines !== "string" || !/^\d+$/.test(lines) || count > MAX_LINES) {
    throw badRequest(`lines must be a whole number from 0 to ${MAX_LINES}`);
  }
  return { follow: follow === "1", lines: count };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("what is asked is no JSON");
  }
}

function badRequest(detail: string): MusterError {
  return new MusterError("api.bad-request", { detail });
}
