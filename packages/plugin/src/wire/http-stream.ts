import type { IncomingMessage } from "node:http";
import type { Address } from "./address.ts";
import { type Attempt, BUSY, type HttpCall, HttpFailure, open, pause } from "./http-client.ts";

/** An answer that comes piece by piece. */
export interface HttpStream {
  readonly status: number;
  /** Throws `HttpFailure` where it breaks off. Whoever does not read it holds the other side up, until the signal. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * A call whose answer goes on until the other side ends it, or the signal. Only its beginning has a deadline, in
 * milliseconds. Throws `HttpFailure`.
 */
export async function streamHttp(
  address: Address,
  call: HttpCall,
  deadline: number,
  signal: AbortSignal,
): Promise<HttpStream> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadline);
  const over = AbortSignal.any([late.signal, signal]);
  try {
    for (;;) {
      const attempt = await open(address, call, over);
      try {
        const response = await attempt.response;
        return { status: response.statusCode ?? 0, body: bodyOf(response, attempt, signal) };
      } catch (thrown) {
        attempt.end();
        if (!attempt.isBusy(thrown) || over.aborted) throw attempt.failed(thrown, signal.aborted, late.signal.aborted);
        await pause(BUSY, over);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

async function* bodyOf(
  response: IncomingMessage,
  attempt: Attempt,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  try {
    confirmEndIsTold(response);
    for await (const chunk of response) yield chunk;
    if (!response.complete) throw new HttpFailure("lost", "the connection broke off");
  } catch (thrown) {
    throw attempt.failed(thrown, signal.aborted);
  } finally {
    attempt.end();
  }
}

/** Where the end of the connection is the end of the answer, nobody knows one that broke off from a whole one. */
function confirmEndIsTold({ headers }: IncomingMessage): void {
  if (headers["transfer-encoding"]?.endsWith("chunked") || headers["content-length"] !== undefined) return;
  throw new HttpFailure("rubbish", "it does not tell where its stream ends: neither chunked, nor with a length");
}
