import { chmod } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { messageOf } from "@muster/model";
import { ProviderError } from "../contract.ts";
import { INPUT_TYPE, splitInput } from "./input.ts";
import { MAX_REQUEST } from "./limits.ts";
import { type Bytes, sendBytes } from "./send-bytes.ts";
import { clearSocketPath } from "./socket.ts";

export interface HttpRequest {
  readonly method: string;
  /** Percent escapes as they came. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Without parameters, in lower case; empty when there is none. */
  readonly contentType: string;
  readonly body: string;
  /** What comes after the body, of the type `INPUT_TYPE`; missing in all others. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Aborted when the client has gone away, or the server closes for good. */
  readonly signal: AbortSignal;
}

export type HttpReply =
  | { readonly kind: "text"; readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  | { readonly kind: "events"; run(send: (text: string) => void, signal: AbortSignal): void }
  /** `isEndless`: it is not waited for when the server closes, but breaks off. */
  | ({ readonly kind: "stream"; readonly isEndless: boolean } & Bytes);

/** InfraKit's servers call everything they answer plain text, JSON too. */
export function textReply(status: number, body: string, headers?: Record<string, string>): HttpReply {
  return { kind: "text", status, body, ...(headers ? { headers } : {}) };
}

export interface HttpServer {
  /** Takes no more calls, lets those that have begun come to an end (for at most two seconds), and removes the socket. */
  close(): Promise<void>;
}

const GRACE = 2_000;
/** So many callers may wait for their connection to be taken; the system may allow fewer. */
const WAITING = 4096;

/** Serves on a unix socket that nobody but this user can reach. Throws `plugin.socket-taken` when one answers there already. */
export async function serveHttp(
  socket: string,
  reply: (request: HttpRequest) => Promise<HttpReply>,
): Promise<HttpServer> {
  await clearSocketPath(socket);
  const { createServer } = await import("node:http");
  const closing = new AbortController();
  const server = createServer((request, response) => {
    answer(request, response, reply, closing.signal).catch((thrown: unknown) => {
      response.destroy(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
    });
  });
  // InfraKit's clients ask again on the same connection after ten seconds and more, and its servers kept them open.
  server.keepAliveTimeout = 0;
  // What a command is given to read may take its time.
  server.requestTimeout = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ path: socket, backlog: WAITING }, resolve);
  await promise;
  await chmod(socket, 0o600);
  return { close: () => close(server, closing) };
}

async function close(server: Server, closing: AbortController): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  closing.abort();
  const grace = setTimeout(() => server.closeAllConnections(), GRACE);
  await promise;
  clearTimeout(grace);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  reply: (request: HttpRequest) => Promise<HttpReply>,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const contentType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const read = contentType === INPUT_TYPE ? await readWithInput(request) : await readBody(request);
  if ("kind" in read) {
    send(response, read, closing);
    return;
  }
  // What is no path at all is a path that nobody knows.
  const url = URL.parse(request.url ?? "", "http://plugin");
  const answered = await reply({
    method: request.method ?? "",
    path: url?.pathname ?? "",
    query: url?.searchParams ?? new URLSearchParams(),
    contentType,
    ...read,
    signal: gone.signal,
  });
  send(response, answered, closing);
}

/** What is too big, or cannot be understood, is refused; the rest of it is not read. */
async function readBody(request: IncomingMessage): Promise<Pick<HttpRequest, "body"> | HttpReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_REQUEST) {
      return textReply(413, `a request has at most ${MAX_REQUEST} bytes`, { Connection: "close" });
    }
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks).toString("utf8") };
}

async function readWithInput(request: IncomingMessage): Promise<Pick<HttpRequest, "body" | "input"> | HttpReply> {
  try {
    const { asked: body, input } = await splitInput(request);
    return { body, input };
  } catch (thrown) {
    if (thrown instanceof ProviderError) return textReply(400, thrown.message);
    throw thrown;
  }
}

function send(response: ServerResponse, reply: HttpReply, closing: AbortSignal): void {
  switch (reply.kind) {
    case "text": {
      // Without this a connection that is kept alive would hold up the closing.
      if (closing.aborted) response.setHeader("Connection", "close");
      const type = reply.body === "" ? {} : { "Content-Type": "text/plain; charset=utf-8" };
      const length = { "Content-Length": String(Buffer.byteLength(reply.body)) };
      response.writeHead(reply.status, { ...type, ...length, ...reply.headers });
      response.end(reply.body);
      return;
    }
    case "events":
      sendEvents(response, reply.run, closing);
      return;
    case "stream":
      void sendBytes(response, reply, reply.isEndless ? closing : undefined);
      return;
  }
}

function sendEvents(
  response: ServerResponse,
  run: (send: (text: string) => void, signal: AbortSignal) => void,
  closing: AbortSignal,
): void {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, closing]);
  signal.addEventListener("abort", () => response.end(), { once: true });
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  // A comment, so that the client knows that it is being listened for.
  response.write(": here\n\n");
  if (!signal.aborted) run((text) => response.write(text), signal);
}
