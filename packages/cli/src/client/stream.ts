/**
 * An answer that may go on for ever, over node:http: that knows an answer that broke off from one that has ended, and reads
 * no faster than is taken.
 */
import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { pipeline } from "node:stream/promises";
import { messageOf } from "@muster/model";
import { type Call, noAnswer } from "./http.ts";

/** What is sent as it comes. */
export interface Upload extends Omit<Call, "body"> {
  readonly headers: OutgoingHttpHeaders;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface Streamed {
  readonly status: number;
  /** Ends with the signal; throws what `broken` makes of it where it breaks off. */
  readonly bytes: AsyncGenerator<Uint8Array, void>;
  /** All of it, instead: a refusal is short. */
  text(): Promise<string>;
}

/**
 * Throws `NoAnswer` until it has begun, and what `broken` makes of it where what is to be sent cannot be read. A signal that
 * came first ends it at once.
 */
export async function stream(
  socketPath: string,
  asked: Call | Upload,
  signal: AbortSignal,
  broken: (detail: string) => Error,
): Promise<Streamed> {
  const { method, path } = asked;
  const headers = "bytes" in asked ? asked.headers : headersOf(asked);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | undefined>();
  let unread: Error | undefined;
  const call = request({ socketPath, method, path, headers, agent: false }, resolve);
  const hangUp = () => {
    call.destroy();
    resolve(undefined);
  };
  signal.addEventListener("abort", hangUp, { once: true });
  call.on("error", (thrown) => (signal.aborted ? resolve(undefined) : reject(unread ?? noAnswer(thrown))));
  if (signal.aborted) hangUp();
  else if (!("bytes" in asked)) call.end(asked.body);
  // Whoever has answered does not have to read all of it; what breaks off is told by the answer, and what cannot be read with it.
  else void pipeline(sent(asked.bytes), call).catch(() => undefined);
  const response = await promise;

  /** That it cannot be read is no fault of whoever answers. */
  async function* sent(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      yield* bytes;
    } catch (thrown) {
      unread = broken(`what it was given cannot be read: ${messageOf(thrown)}`);
      throw thrown;
    }
  }

  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of response ?? []) yield chunk;
    } catch (thrown) {
      if (!signal.aborted) throw unread ?? broken(`the stream broke off: ${messageOf(thrown)}`);
    } finally {
      signal.removeEventListener("abort", hangUp);
      call.destroy();
    }
  }

  const bytes = read();
  return {
    // Nobody waits for what was not answered.
    status: response?.statusCode ?? 200,
    bytes,
    async text() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return Buffer.concat(chunks).toString("utf8");
    },
  };
}

function headersOf({ body = "" }: Call): OutgoingHttpHeaders {
  const type = body === "" ? {} : { "Content-Type": "application/json" };
  return { "Content-Length": Buffer.byteLength(body), ...type };
}
