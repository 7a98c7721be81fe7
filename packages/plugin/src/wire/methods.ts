/**
 * Muster's own methods: what travels between Muster and a plugin process, over JSON-RPC 2.0 (`POST /` on the plugin's
 * socket). The reference is generated from this file, so every field says what it is.
 *
 * A method that fails answers with an error whose `data.kind` is one of `FailureKind`. Streams come beside them: hints
 * (`GET /hints`: server-sent events, each with a type's name as its data), and what a thing prints, what a command or a tool
 * does there, and its console.
 */
import type { Json } from "@muster/model";
import { type ZodType, z } from "zod";
import { TOOLS } from "../contract.ts";
import { MAX_ID, MAX_LINES, MAX_WORDS } from "./limits.ts";

/** The version of everything in this file. One side with another version is not talked to. */
export const PROTOCOL = 1;

export interface Method<P, R> {
  readonly name: string;
  readonly summary: string;
  readonly params: ZodType<P>;
  readonly result: ZodType<R>;
}

function method<P, R>(name: string, summary: string, params: ZodType<P>, result: ZodType<R>): Method<P, R> {
  return { name, summary, params, result };
}

const json: ZodType<Json> = z.json();
const properties = z.record(z.string(), json);
const jsonSchema = properties.describe("JSON Schema, draft 2020-12");
const tags = z.record(z.string(), z.string());
const effect = z.enum(["in-place", "restart", "replace", "impossible"]);
const effects = z
  .record(z.string(), effect.optional())
  .describe("what a change of a property does; `replace` where nothing is said");
const type = z.string().describe("the type's name, as the plugin told it");
const flavor = z.string().describe("the flavor's name, as the plugin told it");
const id = z.string().min(1).max(MAX_ID).describe("unique within the provider's scope");
const nothing = z.object({});
const names = z.array(z.string()).optional();
const digests = z.record(z.string(), z.string()).optional();

export const observed = z.object({
  id,
  tags,
  phase: z.enum(["starting", "running", "ending", "ended", "unknown"]),
  properties: z.record(z.string(), json.optional()).describe("those that could be read"),
  reason: z.string().optional().describe("why it is in this phase, for a person"),
  digests: digests.describe("of each property that is never shown, the digest that it was made or changed with last"),
  ill: z.string().optional().describe("why it runs and does not do its job, as its provider knows"),
  since: z.number().describe("when it came to be, or was first seen: milliseconds since 1970"),
});

const price = z.object({
  before: z.number().optional().describe("missing where there is none yet"),
  after: z.number().optional(),
});

export const assessment = z.object({
  effects: z
    .record(
      z.string(),
      z.object({
        effect,
        irreversible: z.literal(true).optional(),
        reason: z.string().describe("why, in a sentence for a person"),
        next: z.string().optional().describe("the way out of what is `impossible`"),
      }),
    )
    .optional()
    .describe("properties whose change has another effect than the type says, for these values"),
  downtimeMs: z.number().min(0).optional().describe("for about so long the thing is away"),
  price: price.optional().describe("in dollars of the United States a month"),
});

const slots = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("numbered"), size: z.number().int().min(0) }),
  z.object({ kind: z.literal("named"), names: z.array(z.string()).readonly() }),
]);

const verdict = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pass") }),
  z.object({ kind: z.literal("fail"), reason: z.string() }),
  z.object({ kind: z.literal("unknown"), reason: z.string() }),
]);

const member = z.object({ stack: z.string(), group: z.string(), slot: z.string(), slots });

export const servedType = z.object({
  name: z.string().min(1),
  summary: z.string(),
  schema: jsonSchema,
  effects,
  known: z.enum(["tags", "claim"]).describe("`claim`: a thing cannot bear tags, and is read by its id"),
  naming: z
    .string()
    .optional()
    .describe("the property that bears the name of a resource; of a claimed type, where it must be told, it is the id"),
  family: z.string().optional().describe("the word that it and its kin have settings under"),
  outputs: jsonSchema.optional().describe("what can be read of its things and never declared: JSON Schema"),
  irreversible: names.describe("properties whose change can never be taken back"),
  unreadable: names.describe("properties that are never shown again: they are compared by their `digests`"),
  unordered: names.describe("properties that are lists whose order means nothing"),
  settleMs: z.number().min(0).describe("how long a list may lag behind a call that was answered"),
  local: z.boolean().describe("looks are cheap and hints reliable"),
  ports: z.boolean().optional().describe("its things listen on ports of this machine, and are given one each"),
  startupMs: z.number().min(0).optional().describe("how long a new thing may need to come up"),
  scope: z.string().describe("what ids are unique in: a host, a directory, an account"),
  can: z
    .array(z.string())
    .describe(
      "what is optional and there: validate, read, update, retag, watch, assess, refresh, logs, exec, console; of a claimed type also list",
    ),
  tools: z
    .array(z.string())
    .optional()
    .describe(`what can be done to its things: of ${TOOLS.join(", ")}`),
});

export const servedFlavor = z.object({
  name: z.string().min(1),
  summary: z.string(),
  schema: jsonSchema,
  effects,
  can: z.array(z.string()).describe("the optional methods there are: validate, prepare, health, started, drain"),
});

export const methods = {
  hello: method(
    "muster/hello",
    "Who is there, and what it serves.",
    nothing,
    z.object({
      protocol: z.number().int().describe(`this is ${PROTOCOL}`),
      name: z.string(),
      version: z.string(),
      types: z.array(servedType).readonly(),
      flavors: z.array(servedFlavor).readonly(),
    }),
  ),
  validate: method(
    "provider/validate",
    "Can this ever be made? Fails with `invalid` when not, and touches nothing.",
    z.object({ type, want: properties }),
    nothing,
  ),
  list: method(
    "provider/list",
    "A page of everything that bears these tags, or of everything where the type is claimed. A cursor is good for one page; a list that breaks off is no list.",
    z.object({ type, by: tags, cursor: z.string().optional().describe("`next` of the page before") }),
    z.object({ items: z.array(observed).readonly(), next: z.string().optional().describe("missing on the last page") }),
  ),
  read: method(
    "provider/read",
    "The one thing; nothing is found when it is gone.",
    z.object({ type, id }),
    z.object({ found: observed.optional() }),
  ),
  create: method(
    "provider/create",
    "Makes one thing. It bears these tags, where the type is known by tags.",
    z.object({
      type,
      want: properties,
      tags,
      digests: digests.describe("of each property that is never shown: to be kept with the thing, and shown"),
    }),
    z.object({ id }),
  ),
  update: method(
    "provider/update",
    "Changes what can be changed on a living thing. What is not wanted is left as it is.",
    z.object({ type, from: observed, want: properties, digests: digests.describe("as with `provider/create`") }),
    nothing,
  ),
  assess: method(
    "provider/assess",
    "What a step would mean: asked where a resource is to be made or differs. Reads only. Fails with `invalid` when it can never be so.",
    z.object({ type, from: observed.optional().describe("missing where it is to be made"), want: properties }),
    z.object({ assessment }),
  ),
  refresh: method(
    "provider/refresh",
    "What is done when something that a resource was to be told of has changed.",
    z.object({ type, observed, want: properties }),
    nothing,
  ),
  destroy: method(
    "provider/destroy",
    "Answers when the thing is gone; one that is gone already is done.",
    z.object({ type, id }),
    nothing,
  ),
  retag: method(
    "provider/retag",
    "Puts tags on a living thing, over those of the same keys.",
    z.object({ type, id, tags }),
    nothing,
  ),
  flavorValidate: method(
    "flavor/validate",
    "Can a group of these slots be treated so? Fails with `invalid` when not.",
    z.object({ flavor, properties, slots }),
    nothing,
  ),
  prepare: method(
    "flavor/prepare",
    "What to make for this member: the template with what it needs besides.",
    z.object({ flavor, properties, want: properties, member }),
    z.object({ want: properties }),
  ),
  health: method(
    "flavor/health",
    "Does this member do its job?",
    z.object({ flavor, properties, observed }),
    z.object({ verdict }),
  ),
  started: method(
    "flavor/started",
    "What is done once, right after a member was made. Where it fails, the member is taken away again.",
    z.object({ flavor, properties, observed }),
    nothing,
  ),
  drain: method(
    "flavor/drain",
    "Answers when the member may be destroyed. The caller hangs up at its deadline.",
    z.object({ flavor, properties, observed }),
    nothing,
  ),
} as const;

export const HINTS_PATH = "/hints";
export const LOGS_PATH = "/logs";
export const EXEC_PATH = "/exec";
export const CONSOLE_PATH = "/console";
export const TOOL_PATH = "/tool";

const LAST_LINES = "only the last so many lines of what is there; all of it unless told";

/** The query of `GET /logs`. */
export const logsQuery = z.object({
  type,
  id,
  lines: z.coerce.number().int().min(0).max(MAX_LINES).optional().describe(LAST_LINES),
  follow: z.literal("1").optional().describe("go on with what is printed, until the thing has ended"),
});

/** The body of `POST /exec`. */
export const execBody = z.object({
  type,
  id,
  command: z
    .tuple([z.string().min(1)], z.string())
    .check(z.maxLength(MAX_WORDS))
    .readonly()
    .describe("the program and its arguments: no shell reads them"),
});

/** The body of `POST /console`. */
export const consoleBody = z.object({
  type,
  id,
  lines: z.number().int().min(0).max(MAX_LINES).optional().describe(LAST_LINES),
  follow: z.boolean().optional().describe("go on with what is shown, until the thing has ended"),
});

/** The body of `POST /tool`. */
export const toolBody = z.object({
  type,
  id,
  tool: z.enum(TOOLS).describe("one of the type's `tools`"),
  argument: z.string().max(MAX_ID).optional().describe("`up` or `down` for link, a name for snapshot and restore"),
});

const exit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("exited"), code: z.number().int().min(0).max(255) }),
  z.object({ kind: z.literal("killed"), signal: z.string().max(32) }),
]);

/** What a line of the answer to `POST /exec` holds: one of these. */
export const execFrame = z.union([
  z.object({ out: z.base64() }),
  z.object({ err: z.base64() }),
  z.object({ end: exit }),
  z.object({ failed: z.object({ kind: z.string(), message: z.string() }) }),
]);

export type ExecFrame = z.infer<typeof execFrame>;

export type ServedType = z.infer<typeof servedType>;
export type ServedFlavor = z.infer<typeof servedFlavor>;
