/** One request to an engine over its unix socket. A connection of its own for each: none is stale, none is left over. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Json, messageOf, systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";

// An import of it would load all that Node has for the web.
const { request: httpRequest } = process.getBuiltinModule("node:http");

export interface Request {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its query, and with its parts already encoded. */
  readonly path: string;
  readonly body?: Json;
  readonly signal: AbortSignal;
  /** So long may nothing come, in milliseconds, before the engine counts as silent; 0 is for ever. Two minutes unless told. */
  readonly patienceMs?: number;
  /** Whether the connection itself is wanted, to write to and to read from. */
  readonly upgrade?: boolean;
}

export interface Response {
  readonly message: IncomingMessage;
  /** Present when the engine handed the connection over. */
  readonly duplex?: Duplex;
}

const PATIENCE_MS = 120_000;

/**
 * Sends a request and waits for the head of its response.
 *
 * @throws ProviderError `unavailable` or `denied` when nobody was reached, and also when a mere question was not answered;
 *   `unknown` when something else was sent and not answered
 */
export function send(socket: string, asked: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    const text = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const request = httpRequest({
      socketPath: socket,
      method: asked.method,
      path: asked.path,
      agent: false,
      signal: asked.signal,
      headers: {
        host: "localhost",
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        ...(asked.upgrade ? { connection: "Upgrade", upgrade: "tcp" } : {}),
      },
    });
    let reached = false;
    const fail = (thrown: unknown) => reject(lost(socket, asked, thrown, reached));
    request.on("socket", (connection: Socket) => {
      connection.once("connect", () => {
        reached = true;
      });
    });
    request.on("error", fail);
    request.on("response", (message) => resolve({ message }));
    request.on("upgrade", (message, duplex: Duplex, head: Buffer) => {
      if (head.length > 0) duplex.unshift(head);
      resolve({ message, duplex });
    });
    const patience = asked.patienceMs ?? PATIENCE_MS;
    if (patience > 0) {
      request.setTimeout(patience, () => request.destroy(new Error(`no answer within ${patience / 1_000} s`)));
    }
    request.end(text);
  });
}

/** What it means for a request that its connection failed. */
export function lost(socket: string, { method, signal }: Request, thrown: unknown, reached = true): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const code = systemCodeOf(thrown);
  const cause = { cause: thrown };
  if (!reached && (code === "EACCES" || code === "EPERM")) {
    const next = "let the user that runs Muster write to that socket, for example by the group it belongs to";
    return new ProviderError("denied", `the engine at ${socket} may not be asked by this user: ${next}`, cause);
  }
  const why = signal.aborted ? "nobody waited for the answer any more" : (words[code ?? ""] ?? messageOf(thrown));
  if (!reached) return new ProviderError("unavailable", `no engine could be reached at ${socket}: ${why}`, cause);
  const said = `the engine at ${socket} did not answer: ${why}`;
  return new ProviderError(method === "GET" ? "unavailable" : "unknown", said, cause);
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket",
  ENOTSOCK: "it is not a socket",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection broke off",
  EPIPE: "the connection broke off",
};
