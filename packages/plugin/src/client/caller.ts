import { type ErrorCode, type JsonObject, MusterError } from "@muster/model";
import { asProviderError, FAILURE_KINDS, type FailureKind, ProviderError } from "../contract.ts";
import type { Address } from "../wire/address.ts";
import { callHttp, type HttpAnswer, type HttpCall, HttpFailure } from "../wire/http-client.ts";
import { type HttpStream, streamHttp } from "../wire/http-stream.ts";
import { type RpcFault, readAnswer } from "../wire/json-rpc.ts";
import { type Deadlines, MAX_ANSWER } from "../wire/limits.ts";

/** What a call is for: it decides how long an answer is waited for, and what it means when there is none. */
export type Purpose = keyof Deadlines;

/** One plugin, as it is called. All that can go wrong is thrown as `CallError`. */
export interface Caller {
  readonly name: string;
  readonly address: Address;
  /** Aborted when the plugin is let go. */
  readonly closed: AbortSignal;
  /** The result of a JSON-RPC method. */
  rpc(method: string, params: object, purpose: Purpose, signal?: AbortSignal): Promise<JsonObject>;
  /** A walk-through path's answer, whatever its status. */
  post(path: string, body: string, purpose: Purpose, signal?: AbortSignal): Promise<HttpAnswer>;
  /** An answer that comes piece by piece, until the signal; its beginning is waited for as one that is asked for. */
  stream(call: HttpCall, method: string, signal: AbortSignal): Promise<HttpStream>;
  /** What to throw about an answer that cannot be used. */
  unusable(method: string, detail: string, status?: number): CallError;
  /** What to throw about an error that was answered. */
  failed(method: string, detail: string, kind?: FailureKind): CallError;
  faulty(method: string, fault: RpcFault): CallError;
}

/** How far a call came: to nobody, to nothing that can be used, or to an answer that says no. */
type Outcome = "refused" | "nothing" | "no";

export class CallError extends Error {
  override readonly name = "CallError";
  readonly outcome: Outcome;
  /** For a person. */
  readonly error: MusterError;
  /** What kind of failure the plugin calls it, if it does. */
  readonly kind: FailureKind | undefined;
  /** The HTTP status, where that is what cannot be used. */
  readonly status: number | undefined;

  constructor(outcome: Outcome, error: MusterError, more: { kind?: FailureKind; status?: number } = {}) {
    super(error.message, { cause: error });
    this.outcome = outcome;
    this.error = error;
    this.kind = more.kind;
    this.status = more.status;
  }
}

/** The same as a provider's failure: without an answer, what acts may have been done, and what asks may be asked again. */
export function providerErrorOf(
  thrown: unknown,
  purpose: Purpose,
  otherwise: FailureKind = "retryable",
): ProviderError {
  if (!(thrown instanceof CallError)) return asProviderError(thrown);
  const options = { cause: thrown.error };
  switch (thrown.outcome) {
    case "refused":
      return new ProviderError("unavailable", thrown.message, options);
    case "nothing":
      return new ProviderError(purpose === "act" ? "unknown" : "retryable", thrown.message, options);
    case "no":
      return new ProviderError(thrown.kind ?? otherwise, thrown.message, options);
  }
}

export function callerOf(name: string, address: Address, deadlines: Deadlines, closed: AbortSignal): Caller {
  const where = address.kind === "unix" ? address.path : `${address.host}:${address.port}`;
  let lastId = 0;

  function failure({ failure, message }: HttpFailure, method: string, purpose: Purpose): CallError {
    const seconds = deadlines[purpose] / 1000;
    const about = (code: ErrorCode) =>
      new MusterError(code, { name, socket: where, method, seconds, limit: MAX_ANSWER, detail: message });
    switch (failure) {
      case "refused":
        return new CallError("refused", about("plugin.unreachable"));
      case "late":
        return new CallError("nothing", about(purpose === "probe" ? "plugin.hangs" : "plugin.timeout"));
      case "too-big":
        return new CallError("nothing", about("plugin.too-big"));
      case "lost":
      case "given-up":
      case "rubbish":
        return new CallError("nothing", about("plugin.bad-answer"));
    }
  }

  function unusable(method: string, detail: string, status?: number): CallError {
    const error = new MusterError("plugin.bad-answer", { name, socket: where, method, detail });
    return new CallError("nothing", error, status === undefined ? {} : { status });
  }

  function failed(method: string, detail: string, kind?: FailureKind): CallError {
    const error = new MusterError("plugin.failed", { name, method, detail });
    return new CallError("no", error, kind === undefined ? {} : { kind });
  }

  const faulty = (method: string, fault: RpcFault) => failed(method, fault.message, kindOf(fault));

  async function* tellingFailures(body: AsyncIterable<Uint8Array>, method: string): AsyncGenerator<Uint8Array, void> {
    try {
      yield* body;
    } catch (thrown) {
      throw thrown instanceof HttpFailure ? failure(thrown, method, "ask") : thrown;
    }
  }

  async function send(call: HttpCall, method: string, purpose: Purpose, signal?: AbortSignal): Promise<HttpAnswer> {
    const over = signal === undefined ? closed : AbortSignal.any([closed, signal]);
    try {
      return await callHttp(address, call, deadlines[purpose], over);
    } catch (thrown) {
      throw thrown instanceof HttpFailure ? failure(thrown, method, purpose) : thrown;
    }
  }

  return {
    name,
    address,
    closed,
    unusable,
    failed,
    faulty,
    async stream(call, method, signal) {
      try {
        const { status, body } = await streamHttp(address, call, deadlines.ask, AbortSignal.any([closed, signal]));
        return { status, body: tellingFailures(body, method) };
      } catch (thrown) {
        throw thrown instanceof HttpFailure ? failure(thrown, method, "ask") : thrown;
      }
    },
    post: (path, body, purpose, signal) => send({ method: "POST", path, body }, path.slice(1), purpose, signal),
    async rpc(method, params, purpose, signal) {
      const id = ++lastId;
      const body = JSON.stringify({ jsonrpc: "2.0", method, params, id });
      const call = { method: "POST", path: "/", body, contentType: "application/json" } as const;
      const { status, body: text } = await send(call, method, purpose, signal);
      if (status !== 200) throw unusable(method, `it has the status ${status}`, status);
      const answer = readAnswer(text, id);
      switch (answer.kind) {
        case "result":
          return answer.result;
        case "fault":
          throw faulty(method, answer.fault);
        case "rubbish":
          throw unusable(method, answer.detail);
      }
    },
  };
}

function kindOf({ data }: RpcFault): FailureKind | undefined {
  const given = typeof data === "object" && data !== null && "kind" in data ? data.kind : undefined;
  return FAILURE_KINDS.find((kind) => kind === given);
}
