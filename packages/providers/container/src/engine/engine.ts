/** An engine that speaks Docker's API: its version is asked for once, and its answers are read with care. */
import type { Duplex, Readable } from "node:stream";
import { isObject, type Json } from "@muster/model";
import { ProviderError } from "@muster/plugin";
import { type ZodType, z } from "zod";
import { lost, type Request, type Response, send } from "./connection.ts";

/** The engine said no: its status, and why in its own words. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  readonly message: string;
}

export type Answer<T> = { readonly kind: "answered"; readonly value: T } | Refusal;

export interface Engine {
  /** The path of its socket. */
  readonly socket: string;
  /** Whether the last one that answered there says for certain that memory ran out; Podman does not. */
  tellsMemory(): boolean;
  /** One answer as JSON, in the form that is told. */
  ask<T>(request: Request, form: ZodType<T>): Promise<Answer<T>>;
  /** An answer that goes on and on. Whoever stops reading destroys it. */
  read(request: Request): Promise<Answer<Readable>>;
  /** A connection in both directions. */
  talk(request: Request): Promise<Answer<Duplex>>;
}

/** Where an answer has nothing to say that anybody would read. */
export const ANYTHING: ZodType<unknown> = z.unknown();

/** An answer of more bytes is not read to its end. */
const MOST = 16 * 1024 * 1024;

export function engineAt(socket: string): Engine {
  let version: Promise<string> | undefined;
  let isPodman = false;

  const versioned = async (request: Request): Promise<Response> => {
    version ??= greeted(socket, request.signal).then((nature) => {
      isPodman = nature.isPodman;
      return nature.version;
    });
    try {
      const path = `/v${await version}${request.path}`;
      return await send(socket, { ...request, path });
    } catch (thrown) {
      // Another engine may answer there the next time.
      version = undefined;
      throw thrown;
    }
  };

  /** The response, or why it is none. */
  const request = async (asked: Request): Promise<Answer<Response>> => {
    const response = await versioned(asked);
    const refusal = await refusalIn(socket, asked, response);
    if (refusal === undefined) return { kind: "answered", value: response };
    if (!/client version \S+ is too (?:new|old)/.test(refusal.message)) return refusal;
    // The engine was exchanged for another since it was asked for its version. It has done nothing.
    version = undefined;
    const again = await versioned(asked);
    return (await refusalIn(socket, asked, again)) ?? { kind: "answered", value: again };
  };

  return {
    socket,
    tellsMemory: () => !isPodman,
    async ask(asked, form) {
      const answer = await request(asked);
      if (answer.kind === "refused") return answer;
      const text = await textOf(socket, asked, answer.value.message);
      return { kind: "answered", value: understood(socket, asked, text, form) };
    },
    async read(asked) {
      const answer = await request(asked);
      return answer.kind === "refused" ? answer : { kind: "answered", value: answer.value.message };
    },
    async talk(asked) {
      const answer = await request({ ...asked, upgrade: true });
      if (answer.kind === "refused") return answer;
      const { duplex, message } = answer.value;
      if (duplex !== undefined) return { kind: "answered", value: duplex };
      message.destroy();
      throw new ProviderError("unknown", `the engine at ${socket} did not hand the connection over`);
    },
  };
}

/** The highest version that is spoken here, and the lowest. */
const NEWEST = 47;
const OLDEST = 24;

interface Nature {
  /** The version of the API that both sides speak. */
  readonly version: string;
  readonly isPodman: boolean;
}

async function greeted(socket: string, signal: AbortSignal): Promise<Nature> {
  const { message } = await send(socket, { method: "GET", path: "/_ping", signal, patienceMs: 30_000 });
  message.destroy();
  const told = /^1\.(\d{1,3})$/.exec(String(message.headers["api-version"] ?? ""))?.[1];
  if (told === undefined)
    throw new ProviderError("unavailable", `what answers at ${socket} is no engine of Docker's API`);
  const isPodman = message.headers["libpod-api-version"] !== undefined;
  if (Number(told) >= OLDEST) return { version: `1.${Math.min(Number(told), NEWEST)}`, isPodman };
  throw new ProviderError(
    "invalid",
    `the engine at ${socket} speaks version 1.${told} of Docker's API: at least 1.${OLDEST} is needed`,
  );
}

async function refusalIn(socket: string, asked: Request, { message }: Response): Promise<Refusal | undefined> {
  const status = message.statusCode ?? 0;
  if (status < 400 && status !== 301) return undefined;
  const text = await textOf(socket, asked, message);
  return { kind: "refused", status, message: reasonIn(text) ?? `status ${status}` };
}

/** Engines tell their reason in `{"message": "…"}`; what is no engine's answer has none. */
function reasonIn(text: string): string | undefined {
  const answer = parsed(text);
  const message = isObject(answer) ? answer["message"] : undefined;
  return typeof message === "string" && message !== "" ? message : undefined;
}

async function textOf(socket: string, asked: Request, message: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message) {
      size += chunk.length;
      if (size > MOST) throw new Error(`its answer has more than ${MOST} bytes`);
      chunks.push(chunk);
    }
  } catch (thrown) {
    throw lost(socket, asked, thrown);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function understood<T>(socket: string, { method, path }: Request, text: string, form: ZodType<T>): T {
  const read = form.safeParse(parsed(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined ? "" : ` (${[...issue.path, issue.message].join(": ")})`;
  const said = `the engine at ${socket} answered ${method} ${path.replace(/\?.*/, "")} with something else than it should${where}`;
  throw new ProviderError(method === "GET" ? "retryable" : "unknown", said);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
