import { isObject, type Json } from "@muster/model";
import { type FailureKind, ProviderError } from "@muster/plugin";
import type { Request, Response } from "./connection.ts";

/** The API said no, and has done nothing: 404 or 409 or 422, and why in its own words. What it means, the caller knows. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  readonly message: string;
  readonly asked: Pick<Request, "failing">;
}

/** What the API's own words mean for whoever tries again, the first that fits. */
const SAID: readonly (readonly [RegExp, FailureKind])[] = [
  [/smaller disk|image is not available/i, "invalid"],
  [/pending event|event in progress|is (?:currently )?locked/i, "retryable"],
  [/\blimit\b|capacity|no room|sold out|(?:not|un)(?: currently)? ?available/i, "no-space"],
];

/** A refusal as whoever asked has no better word for it. */
export function failureOf({ asked, status, message }: Refusal): ProviderError {
  return new ProviderError(kindOf(status, message), `${asked.failing}: ${message}`);
}

/** Another action of the same droplet has not ended yet. */
export function isBusy({ status, message }: Refusal): boolean {
  return status === 422 && kindOf(status, message) === "retryable";
}

function kindOf(status: number, message: string): FailureKind {
  const said = SAID.find(([words]) => words.test(message));
  if (said !== undefined && status !== 404) return said[1];
  return status === 409 ? "retryable" : "invalid";
}

interface At {
  readonly url: string;
  /** It stands in no message, whoever sends it back. */
  readonly token: string;
}

/** What an answer that is none means; undefined where it is one. */
export function refusalIn(at: At, asked: Request, response: Response): Refusal | undefined {
  const { status, text } = response;
  if (status >= 200 && status < 300) return undefined;
  const message = reasonIn(text, at.token);
  switch (status) {
    case 401:
      throw new ProviderError("denied", `${asked.failing}: the token is not accepted by ${at.url}: ${NEW_TOKEN}`);
    case 403:
      throw forbidden(asked, message);
    case 404:
    case 409:
    case 422:
      if (message === undefined) throw noApi(at.url, asked, response);
      return { kind: "refused", status, message, asked };
  }
  if (status >= 500) {
    const said = `${asked.failing}: ${at.url} answered with status ${status}${message === undefined ? "" : `: ${message}`}`;
    throw new ProviderError(asked.method === "GET" ? "retryable" : "unknown", said);
  }
  if (message === undefined) throw noApi(at.url, asked, response);
  throw new ProviderError("invalid", `${asked.failing}: ${message}`);
}

const NEW_TOKEN =
  "make a new one at https://cloud.digitalocean.com/account/api/tokens and set DIGITALOCEAN_TOKEN, or `token` among the settings";

function forbidden({ failing, right }: Request, message: string | undefined): ProviderError {
  // That an account may have no more droplets is told in this way too.
  if (message !== undefined && kindOf(403, message) === "no-space") {
    return new ProviderError("no-space", `${failing}: ${message}`);
  }
  const said = message === undefined ? "" : `; it was told: ${message}`;
  return new ProviderError(
    "denied",
    `${failing}: the token is without the right ${right}: make one that has it${said}`,
  );
}

/** Whatever answers there, it is not the API: a page for people, most likely. */
export function noApi(url: string, { failing, method }: Request, { status, headers }: Response): ProviderError {
  const type = headers.get("content-type")?.replace(/;.*/, "") ?? "nothing";
  const said = `${failing}: what answers at ${url} is not DigitalOcean's API: it sent ${type}, not JSON; see DIGITALOCEAN_API_URL, or \`url\` among the settings`;
  return new ProviderError(method === "GET" || status >= 400 ? "unavailable" : "unknown", said);
}

/** What is told of a reason, in signs. */
const LONGEST = 500;

/** The API tells its reason in `{"message": "…"}`, for tags in `{"error": "…"}`; what is not its answer has none. */
function reasonIn(text: string, token: string): string | undefined {
  const answer = parsed(text);
  if (!isObject(answer)) return undefined;
  const said = [answer["message"], answer["error"], answer["id"]].find(
    (each) => typeof each === "string" && each !== "",
  );
  if (typeof said !== "string") return undefined;
  const line = said.replaceAll(token, "…").replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

/** Undefined where it is not JSON. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
