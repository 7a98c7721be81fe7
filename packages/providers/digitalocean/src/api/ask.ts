/** A question to the API, asked within its limits, and again where that does no harm. */
import { asProviderError, type Io, ProviderError } from "@muster/plugin";
import type { ZodType } from "zod";
import { type Endpoint, type Request, type Response, send } from "./connection.ts";
import { noApi, parsed, type Refusal, refusalIn } from "./failure.ts";
import { type Limits, limitsOf } from "./limits.ts";

export type Answer<T> = { readonly kind: "answered"; readonly value: T } | Refusal;

/** The way to one account. */
export interface Link {
  readonly endpoint: Endpoint;
  /**
   * One answer in the form that is told.
   *
   * @throws ProviderError for all but a refusal that can mean different things
   */
  ask<T>(asked: Request, form: ZodType<T>): Promise<Answer<T>>;
}

export function linkTo(endpoint: Endpoint, io: Io): Link {
  const limits = limitsOf(io.now, endpoint.waits);
  return {
    endpoint,
    async ask(asked, form) {
      const token = endpoint.token();
      const response = await answered({ endpoint, limits, token }, asked);
      const refusal = refusalIn({ url: endpoint.url, token }, asked, response);
      if (refusal !== undefined) return refusal;
      return { kind: "answered", value: understood(endpoint.url, asked, response, form) };
    },
  };
}

/** So often is a question put at most; a refusal for the sake of the limit counts, too. */
const TRIES = 4;
/** Before a question is put again, doubled each time, in milliseconds. */
const REST_MS = 500;
/** The same where what is asked has a limit of its own: that of SSH keys is over after a minute. */
const OWN_LIMIT_MS = 10_000;

interface Way {
  readonly endpoint: Endpoint;
  readonly limits: Limits;
  readonly token: string;
}

/**
 * Only what changes nothing is asked again when its answer was lost. What was refused for the sake of the limit was not done:
 * that is sent again whatever it is.
 */
async function answered({ endpoint, limits, token }: Way, asked: Request): Promise<Response> {
  const isQuestion = asked.method === "GET";
  for (let tries = 1; ; tries++) {
    const isLast = tries === TRIES;
    await unlessAborted(asked, limits.turn(asked.signal));
    if (asked.signal.aborted) throw givenUp(asked);
    const outcome = await tried(endpoint, token, asked);
    if (outcome instanceof ProviderError) {
      if (isLast || !isQuestion) throw outcome;
    } else if (outcome.status === 429) {
      const whose = limits.refused(outcome.headers);
      if (isLast) throw new ProviderError("retryable", `${asked.failing}: the API's limit of such requests is used up`);
      if (whose === "this") await unlessAborted(asked, rest(endpoint, OWN_LIMIT_MS, tries, asked));
      continue;
    } else {
      limits.heed(outcome.headers);
      if (isLast || !isQuestion || outcome.status < 500) return outcome;
    }
    await unlessAborted(asked, rest(endpoint, REST_MS, tries, asked));
  }
}

/** Each time twice as long as the time before. */
function rest({ waits }: Endpoint, first: number, tries: number, { signal }: Request): Promise<void> {
  return waits.rest(first * 2 ** (tries - 1), signal);
}

async function tried(endpoint: Endpoint, token: string, asked: Request): Promise<Response | ProviderError> {
  try {
    return await send(endpoint, token, asked);
  } catch (thrown) {
    return asProviderError(thrown);
  }
}

/** Whoever gives up while nothing of theirs is on its way has done nothing. */
async function unlessAborted(asked: Request, rest: Promise<void>): Promise<void> {
  try {
    await rest;
  } catch (thrown) {
    throw asked.signal.aborted ? givenUp(asked) : thrown;
  }
}

function givenUp({ failing }: Request): ProviderError {
  return new ProviderError("unavailable", `${failing}: nobody waited for it any more`);
}

function understood<T>(url: string, asked: Request, response: Response, form: ZodType<T>): T {
  // What answers with no content has nothing to be read.
  const json = response.status === 204 ? {} : parsed(response.text);
  if (json === undefined) throw noApi(url, asked, response);
  const read = form.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined ? "" : ` (${[...issue.path, issue.message].join(": ")})`;
  const said = `${asked.failing}: ${url} answered ${asked.method} ${asked.path} with something else than it should${where}`;
  throw new ProviderError(asked.method === "GET" ? "retryable" : "unknown", said);
}
