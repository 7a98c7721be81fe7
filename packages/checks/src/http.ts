import type { ClientRequest, IncomingMessage } from "node:http";
import { messageOf, PASS, type Verdict } from "@muster/model";
import { endAfter } from "./ending.ts";
import { asking, noteLookup, verdictOnError, verdictOnSilence } from "./network.ts";
import { failed, unknown } from "./reason.ts";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export const STATUS_CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;
/** A status, or all of its kind. */
export type Status = number | (typeof STATUS_CLASSES)[number];

export interface HttpProbe {
  /** `http:` or `https:`. */
  readonly url: string;
  /** `GET` unless told. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The path of a unix socket that is asked, in place of the host and port of the address. */
  readonly socket?: string | undefined;
  /** `2xx` unless told. A redirect is not followed: it is its status. */
  readonly status?: Status | readonly Status[] | undefined;
  /** What its first 64 KiB must hold. */
  readonly body?: { readonly contains?: string | undefined } | undefined;
  /** From the first step to the last of the answer that is needed, in milliseconds. */
  readonly timeoutMs: number;
}

/** The bytes of a body that are read, at most. */
const MAX_BODY = 65_536;

/** Does it answer as it should? Nothing is thrown. */
export function probeHttp(probe: HttpProbe, signal: AbortSignal): Promise<Verdict> {
  return exchange(probe, signal, (response, who, endsThere) =>
    judge(response, who, endsThere ? { ...probe, body: undefined } : probe),
  );
}

export type HttpQuestion = Omit<HttpProbe, "status" | "body">;

export interface HttpAnswer {
  readonly kind: "answer";
  readonly status: number;
  /** By names in lower case; of several by one name, all, parted by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 64 KiB. */
  readonly body: { readonly text: string; readonly whole: boolean };
}

/** The same question, of which the answer is given as it is. A body is read only where it is wanted. */
export function askHttp(
  question: HttpQuestion,
  wantsBody: boolean,
  signal: AbortSignal,
): Promise<HttpAnswer | Verdict> {
  return exchange<HttpAnswer>(question, signal, async (response, who, endsThere) => {
    const headers = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
    try {
      const body = wantsBody && !endsThere ? await beginningOf(response) : { text: "", whole: true };
      return { kind: "answer", status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body };
    } catch (thrown) {
      return verdictOnError(who, thrown);
    }
  });
}

async function beginningOf(response: AsyncIterable<Buffer>): Promise<HttpAnswer["body"]> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    read.push(chunk);
    length += chunk.length;
    if (length > MAX_BODY) break;
  }
  return { text: Buffer.concat(read).subarray(0, MAX_BODY).toString(), whole: length <= MAX_BODY };
}

/** What an answer is taken for. `endsThere`: it goes over to another protocol, and has no body. */
type Take<T> = (response: IncomingMessage, who: string, endsThere: boolean) => Promise<T | Verdict>;

async function exchange<T = never>(question: HttpQuestion, signal: AbortSignal, take: Take<T>): Promise<T | Verdict> {
  const url = URL.parse(question.url);
  if (url === null || !isWeb(url)) return unknown(`${question.url} is no http or https address`);
  const who = shown(url, question.socket);
  if (signal.aborted) return verdictOnSilence(asking(who, url.hostname, question.timeoutMs), "let-go");
  try {
    return await answerOf(begin(url, question), who, url, question, signal, take);
  } catch (thrown) {
    return unknown(`${who} could not be asked: ${messageOf(thrown)}`);
  }
}

function isWeb({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** An address as it may be shown: a user's name, a password and a query are left out. */
function shown({ protocol, host, pathname }: URL, socket: string | undefined): string {
  return `${protocol}//${host}${pathname}${socket === undefined ? "" : ` at ${socket}`}`;
}

/** Throws where such a request cannot be written. */
function begin(url: URL, { method = "GET", headers = {}, socket }: HttpQuestion): ClientRequest {
  // Without an agent no connection is used again, and no proxy is asked.
  const plain = { method, headers: { ...headers }, agent: false } as const;
  const options = socket === undefined ? plain : { ...plain, socketPath: socket };
  // Got where somebody asks: most who come by here ask nobody over HTTP, and an import loads all that Node has for the web.
  if (url.protocol === "http:") return process.getBuiltinModule("node:http").request(url, options);
  return process.getBuiltinModule("node:https").request(url, { ...options, rejectUnauthorized: true });
}

function answerOf<T>(
  request: ClientRequest,
  who: string,
  url: URL,
  { timeoutMs, socket }: HttpQuestion,
  signal: AbortSignal,
  take: Take<T>,
): Promise<T | Verdict> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // Of a socket no name is looked up.
    const asked = { ...asking(who, host, timeoutMs), ...(socket === undefined ? {} : { isLookingUp: false }) };
    const callOff = endAfter(timeoutMs, signal, (why) => answer(verdictOnSilence(asked, why)));
    const answer = (taken: T | Verdict) => {
      callOff();
      resolve(taken);
      request.destroy();
    };
    request.once("socket", (connection) => noteLookup(asked, connection));
    // It is heard to the end: also what goes wrong after the answer is known must be caught.
    request.on("error", (thrown) => answer(verdictOnError(who, thrown)));
    request.once("response", (response) => void take(response, who, false).then(answer));
    request.once("upgrade", (response, connection) => {
      connection.destroy();
      void take(response, who, true).then(answer);
    });
    request.end();
  });
}

async function judge(response: IncomingMessage, who: string, { status = "2xx", body }: HttpProbe): Promise<Verdict> {
  const { statusCode = 0 } = response;
  if (![status].flat().some((each) => fits(statusCode, each))) return failed(`${who} answered ${statusCode}`);
  if (body?.contains === undefined) return PASS;
  try {
    const found = await search(response, body.contains);
    if (found === "found") return PASS;
    const where = found === "not-in-all" ? "the answer" : `the first ${MAX_BODY / 1024} KiB of the answer`;
    return failed(`${where} of ${who} holds no "${body.contains}"`);
  } catch (thrown) {
    return verdictOnError(who, thrown);
  }
}

function fits(statusCode: number, wanted: Status): boolean {
  return typeof wanted === "number" ? wanted === statusCode : wanted.startsWith(String(statusCode).charAt(0));
}

/** Looks for a text in a body while it comes: one that never ends is left as soon as the text was there. */
async function search(
  response: AsyncIterable<Buffer>,
  wanted: string,
): Promise<"found" | "not-in-all" | "not-in-the-first"> {
  const text = Buffer.from(wanted);
  const read = Buffer.allocUnsafe(MAX_BODY);
  let length = 0;
  for await (const chunk of response) {
    const from = Math.max(0, length - text.length + 1);
    length += chunk.copy(read, length);
    if (read.subarray(0, length).includes(text, from)) return "found";
    if (length === MAX_BODY) return "not-in-the-first";
  }
  return "not-in-all";
}
