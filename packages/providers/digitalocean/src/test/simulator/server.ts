/** The simulator on the wire: reads requests, lets faults befall them, writes answers and the log. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isObject } from "@muster/model";
import { type Answer, failure } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { RequestFault } from "./faults.ts";
import { type Asked, type Gate, handle } from "./handle.ts";
import { bearerOf } from "./tokens.ts";
import type { World } from "./world.ts";

export interface Wire {
  /** Where it answers; known once it listens. */
  readonly url: () => string;
  readonly tickPerRequestMs: () => number;
  readonly log: (exchange: Exchange) => void;
  /** Is told what the simulator itself, or whoever listens to it, has thrown. */
  readonly defect: (thrown: unknown) => void;
}

/** GETs of these let time pass, where it is told to. */
const POLLED = /^\/v2\/(actions|droplets)(\/|$)/;

const PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

export function serverOf(world: World, gate: Gate, wire: Wire): Server {
  return createServer((request, response) => {
    answerTo(world, gate, wire, request, response).catch((thrown) => {
      // A defect of the simulator must not look like an answer of the API.
      wire.defect(thrown);
      response.destroy();
    });
  });
}

async function answerTo(world: World, gate: Gate, wire: Wire, request: IncomingMessage, response: ServerResponse) {
  const asked = await read(wire, request);
  const { method, url, token } = asked;
  if (method === "GET" && POLLED.test(url.pathname)) world.clock.advance(wire.tickPerRequestMs());
  const fault = world.faults.takeForRequest(method, url.pathname);
  const answer = answerUnder(fault, () => handle(world, gate, asked));
  const headers = { ...gate.limits.headers(token ?? "", world.clock.now()), ...typeOf(answer), ...answer?.headers };
  const exchange: Exchange = {
    at: world.clock.now(),
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: asked.text === "" ? undefined : parsed(asked.text),
    status: answer?.status,
    answer: answer?.body,
    headers,
    fault: fault?.kind,
  };
  wire.log(exchange);
  if (answer === undefined) {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === "slow") await fault.until();
  const text = fault?.kind === "html" ? PAGE : textOf(answer);
  response.writeHead(answer.status, fault?.kind === "html" ? { "content-type": "text/html" } : headers).end(text);
}

/** Undefined: nothing is answered. */
function answerUnder(fault: RequestFault | undefined, handled: () => Answer): Answer | undefined {
  switch (fault?.kind) {
    case "lost-request":
      return undefined;
    case "lost-answer":
      handled();
      return undefined;
    case "error-before":
      return failure(fault.status ?? 500, "Server was unable to give you a response.");
    case "error-after":
      handled();
      return failure(fault.status ?? 500, "Server was unable to give you a response.");
    case "html":
      return { status: fault.status ?? 502 };
    case "refused":
      return failure(422, fault.message);
    case "slow":
    case undefined:
      return withRequestId(handled());
  }
}

function withRequestId(answer: Answer): Answer {
  const { body } = answer;
  if (answer.status < 400 || body === undefined || !("message" in body)) return answer;
  return { ...answer, body: { ...body, request_id: randomUUID() } };
}

async function read(wire: Wire, request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", wire.url()),
    token: bearerOf(request.headers.authorization),
    text: Buffer.concat(chunks).toString(),
  };
}

function typeOf(answer: Answer | undefined): Readonly<Record<string, string>> {
  return answer?.body === undefined ? {} : { "content-type": "application/json; charset=utf-8" };
}

function textOf({ body }: Answer): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text;
  }
}
