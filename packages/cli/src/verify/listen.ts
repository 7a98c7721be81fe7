/** Listens for those who ask after checks. Nobody who hangs holds up another, and nobody is waited for at the end. */
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Listener } from "@muster/daemon";
import { MusterError, messageOf } from "@muster/model";
import { type Address, addressText } from "./address.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** So many connections there are at once; whoever comes then is turned away. */
const MOST_CONNECTIONS = 64;
/** A request is sent, and a handshake made, within this; and an answer read within this. In milliseconds. */
const ASKING_MS = 5_000;
const READING_MS = 30_000;
/** Answers that have begun may end, when all ends. */
const GRACE_MS = 2_000;

const LIMITS = {
  ...{ headersTimeout: ASKING_MS, requestTimeout: ASKING_MS, keepAliveTimeout: ASKING_MS },
  ...{ connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
} as const;

/** Throws `checks.not-served`. A socket is closed to others; its directory is the asker's to see to. */
export async function listenAt(
  address: Address,
  answer: (path: string) => Promise<Answer>,
): Promise<Listener & { readonly port: number | undefined }> {
  const server = await serverFor(address, (request, response) => void reply(address, request, response, answer));
  server.maxConnections = MOST_CONNECTIONS;
  // Those that have not shaken hands yet, too.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  server.once("close", end);
  try {
    server.listen(address.kind === "socket" ? { path: address.path } : { host: address.host, port: address.port });
    await once(server, "listening");
    if (address.kind === "socket") await chmod(address.path, 0o600);
  } catch (thrown) {
    server.close();
    throw new MusterError("checks.not-served", { address: addressText(address), detail: messageOf(thrown) });
  }
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : undefined,
    retire: () => void server.close(),
    async close() {
      server.close();
      server.closeIdleConnections();
      const grace = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, GRACE_MS);
      await ended;
      clearTimeout(grace);
    },
  };
}

async function serverFor(
  address: Address,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  if (address.kind === "socket") return (await import("node:http")).createServer(LIMITS, answer);
  const { createServer } = await import("node:https");
  return createServer({ ...LIMITS, ...address.tls, handshakeTimeout: ASKING_MS, minVersion: "TLSv1.2" }, answer);
}

const TEXT = "text/plain; charset=utf-8";

async function reply(
  address: Address,
  request: IncomingMessage,
  response: ServerResponse,
  answer: (path: string) => Promise<Answer>,
): Promise<void> {
  request.resume();
  const answered = await answerTo(address, request, answer);
  response.on("error", () => response.destroy());
  const body = Buffer.from(answered.body);
  response.writeHead(answered.status, {
    ...{ "Content-Type": answered.type, "Content-Length": body.length, "Cache-Control": "no-store" },
    ...(answered.status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
  });
  // Whoever does not read what he asked for is let go.
  const patience = setTimeout(() => response.destroy(), READING_MS);
  response.once("close", () => clearTimeout(patience));
  response.end(request.method === "HEAD" ? undefined : body);
}

async function answerTo(
  address: Address,
  { method, url = "/", headers }: IncomingMessage,
  answer: (path: string) => Promise<Answer>,
): Promise<Answer> {
  if (address.kind === "tcp" && !address.admits(headers.authorization)) {
    return { status: 401, type: TEXT, body: "a token is asked for\n" };
  }
  if (method !== "GET" && method !== "HEAD") return { status: 405, type: TEXT, body: "only GET\n" };
  try {
    return await answer(url.split("?", 1)[0] ?? "/");
  } catch (thrown) {
    return { status: 503, type: TEXT, body: `${messageOf(thrown)}\n` };
  }
}
