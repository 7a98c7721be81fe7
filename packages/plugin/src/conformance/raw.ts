import { type Address, pluginAddress } from "../wire/address.ts";
import { callHttp, type HttpAnswer, HttpFailure, streamLines } from "../wire/http-client.ts";
import { type RpcAnswer, readAnswer } from "../wire/json-rpc.ts";
import { HINTS_PATH } from "../wire/methods.ts";
import { Unmet } from "./statement.ts";

/** The plugin's socket with nothing in between: what Muster's own client would never send. */
export interface Raw {
  /** A request as it stands. Throws `HttpFailure`. */
  send(body: string, more?: { method?: "GET" | "POST"; path?: string; contentType?: string }): Promise<HttpAnswer>;
  rpc(method: string, params: unknown): Promise<RpcAnswer>;
  /** The lines of its stream of hints. */
  hints(signal: AbortSignal): AsyncIterable<string>;
  /** The path of its socket; undefined where it has none. */
  readonly path: string | undefined;
}

/** @param deadline how long an answer is waited for, in milliseconds. */
export async function rawSocket(file: string, deadline: number): Promise<Raw> {
  const address: Address = await pluginAddress(file);
  let lastId = 0;

  const send: Raw["send"] = (body, { method = "POST", path = "/", contentType = "application/json" } = {}) =>
    callHttp(address, { method, path, body, contentType }, deadline);

  return {
    send,
    path: address.kind === "unix" ? address.path : undefined,
    async rpc(method, params) {
      const id = ++lastId;
      const { status, body } = await send(JSON.stringify({ jsonrpc: "2.0", method, params, id }));
      if (status !== 200) throw new Unmet("status 200", `status ${status}: ${body}`);
      return readAnswer(body, id);
    },
    hints: (signal) => streamLines(address, HINTS_PATH, signal),
  };
}

/** What a request that should be refused may lead to: an answer of any kind, or a connection that is closed. */
export async function answerOrHangUp(asked: Promise<HttpAnswer>): Promise<void> {
  try {
    await asked;
  } catch (thrown) {
    if (thrown instanceof HttpFailure && thrown.failure === "lost") return;
    throw thrown;
  }
}
