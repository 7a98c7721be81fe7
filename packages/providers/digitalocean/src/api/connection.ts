/** One request to the API, and all of its answer. What is sent is sent once. */
import { type Json, messageOf, systemCodeOf } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import type { Waits } from "../waits.ts";

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the endpoint, with its parts already encoded: `/v2/droplets`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Json;
  readonly signal: AbortSignal;
  /** What cannot be done when this fails, for a person: `droplet 12 cannot be looked at`. */
  readonly failing: string;
  /** The right that a token needs for it: `droplet:read`. */
  readonly right: string;
}

export interface Response {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Endpoint {
  /** Without a slash at its end. */
  readonly url: string;
  readonly waits: Waits;
  /** Throws `denied` where there is none. It stands in no message, whoever sends it back. */
  readonly token: () => string;
}

/** No answer is waited for longer, in milliseconds. */
const PATIENCE_MS = 30_000;
/** An answer of more bytes is not read to its end. */
const MOST = 16 * 1024 * 1024;

/**
 * @throws ProviderError `unavailable` where nobody was reached, or a mere question was not answered; `unknown` where something
 *   else was sent and not answered
 */
export async function send(endpoint: Endpoint, token: string, asked: Request): Promise<Response> {
  const { method, body, signal } = asked;
  const limit = endpoint.waits.limit(PATIENCE_MS);
  try {
    const answer = await fetch(urlOf(endpoint, asked), {
      method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The token goes to this endpoint, and to no other that it might name.
      redirect: "manual",
      signal: AbortSignal.any([signal, limit]),
    });
    return { status: answer.status, headers: answer.headers, text: await textOf(answer) };
  } catch (thrown) {
    throw lost(endpoint.url, asked, limit, thrown);
  }
}

function urlOf({ url }: Endpoint, { path, query = {} }: Request): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) words.append(key, String(value));
  return words.size === 0 ? `${url}${path}` : `${url}${path}?${words}`;
}

async function textOf({ body }: globalThis.Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Whoever leaves the loop lets go of the connection.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MOST) throw new Error(`its answer has more than ${MOST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What it means for a request that there is no answer to it. */
function lost(url: string, { method, signal, failing }: Request, limit: AbortSignal, thrown: unknown): ProviderError {
  const code = codeIn(thrown);
  const cause = { cause: thrown };
  const unreached = UNREACHED[code];
  if (unreached !== undefined) {
    return new ProviderError("unavailable", `${failing}: ${url} cannot be reached: ${unreached}`, cause);
  }
  const said = `${failing}: ${url} did not answer: ${whyLost(code, { signal, limit }, thrown)}`;
  return new ProviderError(method === "GET" ? "unavailable" : "unknown", said, cause);
}

function whyLost(code: string, ended: { readonly signal: AbortSignal; readonly limit: AbortSignal }, thrown: unknown) {
  if (ended.signal.aborted) return "nobody waited for the answer any more";
  if (ended.limit.aborted) return `no answer within ${PATIENCE_MS / 1_000} s`;
  return BROKEN.has(code) ? "the connection broke off" : messageOf(thrown);
}

/** What is thrown by `fetch` says little; what caused it has the code. */
function codeIn(thrown: unknown): string {
  const inner = thrown instanceof Error ? thrown.cause : undefined;
  return systemCodeOf(inner) ?? systemCodeOf(thrown) ?? "";
}

/** Nothing was sent. */
const UNREACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up just now",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  UND_ERR_CONNECT_TIMEOUT: "nobody took the connection in time",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by nobody else",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by somebody who is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by somebody who is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by somebody who is not known here",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is that of another host",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
};

const BROKEN: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
