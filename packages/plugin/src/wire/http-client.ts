import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { messageOf, systemCodeOf } from "@muster/model";
import type { Address } from "./address.ts";
import { INPUT_HEADERS, withInput } from "./input.ts";
import { MAX_ANSWER } from "./limits.ts";

/** Why there is no answer. `refused`: nobody was reached, so nothing was done. After all the others it may have been. */
export type Failure = "refused" | "lost" | "late" | "given-up" | "too-big" | "rubbish";

export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly failure: Failure;

  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: string;
  readonly contentType?: string;
  /** Comes after the body, which is told from it by a line break, and has the type `INPUT_TYPE`. */
  readonly input?: AsyncIterable<Uint8Array>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** A server that has as many callers waiting as its system allows is asked again after so many milliseconds. */
export const BUSY = 10;

/**
 * One call on a connection of its own, so that a long one holds up no other and none finds a connection that has just
 * been closed. Throws `HttpFailure`, and never waits beyond the deadline (milliseconds) or the signal.
 */
export async function callHttp(
  address: Address,
  call: HttpCall,
  deadline: number,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const late = AbortSignal.timeout(deadline);
  const over = signal === undefined ? late : AbortSignal.any([late, signal]);
  for (;;) {
    const attempt = await open(address, call, over);
    try {
      const response = await attempt.response;
      return { status: response.statusCode ?? 0, body: await readAll(response) };
    } catch (thrown) {
      if (!attempt.isBusy(thrown) || over.aborted) throw attempt.failed(thrown, signal?.aborted, late.aborted);
      await pause(BUSY, over);
    } finally {
      attempt.end();
    }
  }
}

export function pause(ms: number, over: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  over.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

/** A stream of lines that goes on until the signal, or until the other side ends it. Throws `HttpFailure`. */
export async function* streamLines(address: Address, path: string, signal: AbortSignal): AsyncGenerator<string> {
  const attempt = await open(address, { method: "GET", path, body: "" }, signal);
  try {
    const response = await attempt.response;
    if (response.statusCode !== 200) throw new HttpFailure("rubbish", `status ${response.statusCode}`);
    let rest = "";
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_ANSWER) throw new HttpFailure("too-big", "a line without an end");
      yield* lines;
    }
  } catch (thrown) {
    throw attempt.failed(thrown, signal.aborted);
  } finally {
    attempt.end();
  }
}

/** A call that was begun, for whoever reads its answer. */
export interface Attempt {
  readonly response: Promise<IncomingMessage>;
  /** True when nobody took the connection because too many are waiting: nothing was sent. */
  isBusy(cause: unknown): boolean;
  failed(cause: unknown, givenUp: boolean | undefined, late?: boolean): HttpFailure;
  end(): void;
}

export async function open(address: Address, call: HttpCall, over: AbortSignal): Promise<Attempt> {
  const { request: start } = await import("node:http");
  let connected = false;
  const request = start({
    ...(address.kind === "unix" ? { socketPath: address.path } : { host: address.host, port: address.port }),
    agent: false,
    method: call.method,
    path: call.path,
    headers: {
      Host: "plugin",
      ...(call.input === undefined ? { "Content-Length": Buffer.byteLength(call.body) } : INPUT_HEADERS),
      ...(call.contentType === undefined ? {} : { "Content-Type": call.contentType }),
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("socket", (socket) => {
    socket.once("connect", () => {
      connected = true;
    });
  });
  request.once("response", resolve);
  request.on("error", reject);
  // Where nobody takes up another protocol, Node closes the connection and says nothing more.
  request.once("upgrade", (_response, socket) => {
    socket.destroy();
    reject(new HttpFailure("rubbish", "it goes over to another protocol"));
  });
  const hangUp = () => request.destroy(new Error("it took too long to be reached"));
  over.addEventListener("abort", hangUp, { once: true });
  if (over.aborted) hangUp();
  else if (call.input === undefined) request.end(call.body);
  // Whoever has answered before all of it was read has no need of the rest; and what breaks off is told by the answer.
  else void pipeline(withInput(call.body, call.input), request).catch(() => undefined);
  return {
    response: promise,
    isBusy: (cause) => !connected && systemCodeOf(cause) === "EAGAIN",
    failed(cause, givenUp, late = false) {
      if (cause instanceof HttpFailure) return cause;
      if (!connected) return new HttpFailure("refused", messageOf(cause), { cause });
      if (givenUp) return new HttpFailure("given-up", "nobody waits for it any more", { cause });
      if (late) return new HttpFailure("late", "it took too long", { cause });
      const code = systemCodeOf(cause) ?? "";
      if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") {
        return new HttpFailure("rubbish", "it is not HTTP", { cause });
      }
      return new HttpFailure("lost", "the connection broke off", { cause });
    },
    end() {
      over.removeEventListener("abort", hangUp);
      request.destroy();
    },
  };
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new HttpFailure("too-big", `more than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
