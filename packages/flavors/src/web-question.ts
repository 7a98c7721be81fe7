/** A request over HTTP, as it is declared: the health question of `http`, and a hook. */
import { type HttpProbe, probeHttp } from "@muster/checks";
import { messageOf, type Verdict } from "@muster/model";
import { ProviderError, plainOrSecret } from "@muster/plugin";
import { z } from "zod";
import { type Environment, revealAll } from "./surroundings.ts";

// An import of it would load all that Node has for the web.
const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule("node:http");

const status = z.union([z.int().min(100).max(599), z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"])]);

export const webQuestion = {
  url: z.string().describe("Where to ask, `http:` or `https:`; `${self.port}` and the like are the member's own words"),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).optional(),
  headers: z.record(z.string(), plainOrSecret).optional().describe("What is sent besides; a value may be a secret"),
  status: z
    .union([status, z.array(status).min(1)])
    .optional()
    .describe(
      "The status that is wanted: a number, `2xx`, or a list of such; `2xx` unless told. Redirects are not followed",
    ),
  body: z
    .strictObject({ contains: z.string().min(1).max(1_024).describe("A text in the first 64 KiB of the answer") })
    .optional(),
};

const question = z.strictObject(webQuestion);
export type WebQuestion = z.infer<typeof question>;

/** Asks. Secrets are read only now. Throws `retryable` when one cannot be read. */
export async function askWeb(
  { url, method, headers = {}, status, body }: WebQuestion,
  env: Environment,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Verdict> {
  const probe: HttpProbe = { url, method, status, body, timeoutMs, headers: revealAll(headers, env) };
  return probeHttp(probe, signal);
}

/** Throws `invalid` when a request like this can never be sent. */
export function refuseUnaskable({ url, method, headers = {}, body }: WebQuestion): void {
  refuseAddress(url);
  if (method === "HEAD" && body !== undefined) throw invalid("`body`: the answer to a HEAD has none");
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      if (typeof value === "string") validateHeaderValue(name, value);
    } catch (thrown) {
      throw invalid(`\`headers\`: ${messageOf(thrown)}`);
    }
  }
}

function refuseAddress(url: string): void {
  // The member's own words are not known yet; a number can stand for each of them, also as a port.
  const read = URL.parse(url.replaceAll(/\$\{self\.[a-z]+\}/g, "1"));
  if (read === null) throw invalid(`\`url\`: ${url} is no address, like http://127.0.0.1:8080/health`);
  if (read.protocol !== "http:" && read.protocol !== "https:")
    throw invalid("`url`: it must begin with http:// or https://");
  if (read.username !== "" || read.password !== "") {
    throw invalid("`url`: a name or password in it could be seen by everybody; put it into `headers`, as a secret");
  }
}

function invalid(message: string): ProviderError {
  return new ProviderError("invalid", message);
}
