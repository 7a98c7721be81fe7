/**
 * A question over HTTP, as it is declared: where, how, and what must be answered. The words are the same wherever one asks: of
 * an image's health, whether a process or a machine is ready, of a member's health, in a hook.
 */
import { messageOf, type Verdict } from "@muster/model";
import { z } from "zod";
import { type HttpProbe, METHODS, probeHttp, STATUS_CLASSES } from "./http.ts";

// An import of it would load all that Node has for the web.
const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule("node:http");

const PORT_RULE = "must be from 1 to 65535";
export const port = z.int().min(1, PORT_RULE).max(65_535, PORT_RULE);

/** A number, or its text: what a member is given as `${self.port}` is put into texts. */
export const portOrText = z.union([port, z.string().refine(isPort, "must be a port")]);

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}

const path = z
  .string()
  .regex(/^\/[!-~]{0,1000}$/, "must be a path that begins with `/`, without white space")
  .optional()
  .describe("What is asked for at `port`; `/` unless told");

const url = z
  .string()
  .describe("Where to ask, `http:` or `https:`; `${self.port}` and the like are the member's own words");
const ownPort = portOrText.describe("In the place of `url`: where to ask on 127.0.0.1");

const status = z.union([z.int().min(100).max(599), z.enum(STATUS_CLASSES)]);

/** How it is asked, and what must be answered. */
function exchange<Header extends z.ZodType>(header: Header, untold: string) {
  return {
    method: z.enum(METHODS).optional().describe("`GET` unless told; of a hook `POST`"),
    headers: z.record(z.string(), header).optional().describe("What is sent besides"),
    status: z
      .union([status, z.array(status).min(1)])
      .optional()
      .describe(
        `The status that is wanted: a number, \`2xx\`, or a list of such; ${untold} unless told. Redirects are not followed`,
      ),
    body: z
      .strictObject({ contains: z.string().min(1).max(1_024).describe("A text in the first 64 KiB of the answer") })
      .optional()
      .describe("What the answer must hold"),
  };
}

/**
 * The properties of a question to whoever has an address. What they must be together is for `refuseUnaskable`.
 *
 * @param header what the value of a header may be
 * @param untold which status is wanted where none is declared, in words
 */
export function webProperties<Header extends z.ZodType>(header: Header, untold: string) {
  return { url: url.optional(), port: ownPort.optional(), path, ...exchange(header, untold) };
}

/** The same as one schema. */
export function webQuestion<Header extends z.ZodType>(header: Header, untold: string) {
  const words = exchange(header, untold);
  return z
    .union(
      [z.strictObject({ url, ...words }), z.strictObject({ port: ownPort, path, ...words })],
      "must have one of `url` and `port`",
    )
    .superRefine(refuseUnaskable);
}

/** A question to a guest, whose ports are its own. */
export function guestQuestion<Header extends z.ZodType>(header: Header, untold: string) {
  const guest = port.describe("The port that the guest listens on");
  return z.strictObject({ port: guest, path, ...exchange(header, untold) }).superRefine(refuseUnaskable);
}

/** A question of any of these, with headers as texts or as what is yet to be read. */
export interface WebQuestion<Header = unknown> extends Pick<HttpProbe, "method" | "status" | "body"> {
  readonly url?: string | undefined;
  readonly port?: number | string | undefined;
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, Header>> | undefined;
}

/** Asks once. `2xx` is wanted unless told. Nothing is thrown. */
export function askWeb(question: WebQuestion<string>, timeoutMs: number, signal: AbortSignal): Promise<Verdict> {
  const { method, headers, status, body } = question;
  return probeHttp({ url: addressOf(question), method, headers, status, body, timeoutMs }, signal);
}

function addressOf({ url, port, path = "/" }: WebQuestion): string {
  return url ?? `http://127.0.0.1:${port}${path}`;
}

/** Notes what keeps a question from ever being put, and what a form cannot tell. */
export function refuseUnaskable(question: WebQuestion, { addIssue }: Pick<z.RefinementCtx, "addIssue">): void {
  const fault = faultOf(question);
  if (fault === undefined) return;
  const [key, message] = fault;
  addIssue({ code: "custom", message, path: key === undefined ? [] : [key] });
}

/** At which key, if any, and why: in words that follow its name. */
type Fault = readonly [keyof WebQuestion | undefined, string];

function faultOf(question: WebQuestion): Fault | undefined {
  const { url, port, path, method, headers = {}, body } = question;
  if ((url === undefined) === (port === undefined)) return [undefined, "must have one of `url` and `port`"];
  if (url !== undefined && path !== undefined) return ["path", "goes with `port`: in `url` it stands already"];
  if (method === "HEAD" && body !== undefined) return ["body", "asks for what the answer to a HEAD has not"];
  const wrong = wrongInAddress(addressOf(question));
  if (wrong !== undefined) return ["url", wrong];
  const why = wrongInHeaders(headers);
  return why === undefined ? undefined : ["headers", `cannot be sent: ${why}`];
}

function wrongInAddress(address: string): string | undefined {
  // The member's own words may not be known yet; a number can stand for each of them, also as a port.
  const read = URL.parse(address.replaceAll(/\$\{self\.[a-z]+\}/g, "1"));
  if (read === null) return `must be an address, like http://127.0.0.1:8080/health, and is ${address}`;
  if (read.protocol !== "http:" && read.protocol !== "https:") return "must begin with http:// or https://";
  if (read.username === "" && read.password === "") return undefined;
  return "holds a name or password, which everybody could see: the flavor `http` takes one in `headers`, as a secret";
}

function wrongInHeaders(headers: Readonly<Record<string, unknown>>): string | undefined {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      if (typeof value === "string") validateHeaderValue(name, value);
    }
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
