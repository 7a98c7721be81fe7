/**
 * The HTTP API of a Muster that is running: JSON on its unix socket. What a client needs to write against it, and nothing
 * that is imported at run time.
 *
 * Versions: a path begins with `/v1`; within it answers only ever gain fields.
 *
 * Errors: any status but 200 has an `ErrorBody`, from which the client makes again what the daemon threw: 400 (refused),
 * 404 (not there), 409 (somebody else's), 500 (failed).
 *
 * Where an error in a declaration lies: the client has read the file and so has its text; the daemon has the plain data
 * only. So the daemon says which part of the document it means (`place.at`), and the client turns that into line and
 * column: `source.locate(at.path, at.what, at.within)`.
 */
import type { Whom } from "@muster/checks";
import type { ChecksView, Consent, Document, ErrorWords, MemberStatus, Observed, Place } from "@muster/model";
import type { Exit, Tool } from "@muster/plugin";
import type { GroupView, Policy, RepairPolicy, ResourcesView, RolloutPolicy } from "@muster/runtime";
import type { JournalEntry } from "@muster/store";

export type { Exit, GroupView, JournalEntry, Policy, RepairPolicy, ResourcesView, RolloutPolicy, Tool };

/** The paths. Names of stacks and groups go into them percent-encoded: see `groupPath`. */
export const PATHS = {
  /** GET → Ping */
  ping: "/v1/ping",
  /** GET → 200 while the process runs. */
  healthz: "/healthz",
  /** GET → 200 `Readiness` when the store is reachable and every group was looked at once; else 503 `Readiness`. */
  readyz: "/readyz",
  /** GET → GroupView[] */
  groups: "/v1/groups",
  /** POST ApplyRequest → ApplyAnswer */
  apply: "/v1/apply",
  /** POST PlanRequest → StackPlan */
  plan: "/v1/plan",
  /** GET → StackResources[] */
  resources: "/v1/resources",
  /** GET → StackChecks[] */
  checks: "/v1/checks",
  /** POST AskChecksRequest → StackChecks: they are asked once more. */
  askChecks: "/v1/checks/ask",
  /** POST DestroyRequest → ApplyAnswer */
  destroy: "/v1/destroy",
  /** GET EventsQuery → JournalEntry, one a line (application/x-ndjson). */
  events: "/v1/events",
  /** GET → PluginView[] */
  plugins: "/v1/plugins",
} as const;

/** What can be done to a group: `POST {groupPath}/{verb}`. */
export type GroupVerb = "scale" | "pause" | "resume" | "promote" | "revert" | "free" | "destroy" | "destroy-instances";

/** GET → GroupDetail; with a verb POST `GroupRequests[verb]` → GroupAnswer. */
export function groupPath(stack: string, group: string, verb?: GroupVerb): string {
  const path = `${PATHS.groups}/${encodeURIComponent(stack)}/${encodeURIComponent(group)}`;
  return verb === undefined ? path : `${path}/${verb}`;
}

/** What can be done with one member: GET `logs` with a `LogsQuery`, POST the others. Ids are percent-encoded. */
export type InstanceVerb = "logs" | "exec" | "console" | `tools/${Tool}` | "replace" | "quarantine";

/**
 * `logs` → the bytes that it has printed (application/octet-stream). `exec`, an `ExecRequest` → an `ExecFrame` a line
 * (application/x-ndjson); of the type `INPUT_TYPE`, the request is a line, and what the command reads comes after it.
 * `console`, a `ConsoleRequest` → the bytes that it shows; of the type `INPUT_TYPE`, what comes after the line is typed.
 * `tools/TOOL`, a `ToolRequest` → the bytes that the tool gives: JSON for `stats`, pcap for `trace`, ELF for `core`.
 * `replace` and `quarantine`, a `ReplaceRequest` → GroupAnswer. A stream that breaks off has failed: it is chunked, so that
 * this can be told from its end. Whoever hangs up ends it at its source.
 */
export function instancePath(stack: string, group: string, id: string, verb: InstanceVerb): string {
  return `${groupPath(stack, group)}/instances/${encodeURIComponent(id)}/${verb}`;
}

export interface Ping {
  readonly version: string;
  readonly pid: number;
  /** `serve`, `watch FILE`. */
  readonly command: string;
  /** The stacks it holds. */
  readonly stacks: readonly string[];
}

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not, in a sentence. */
  readonly reason?: string;
}

export interface GroupDetail extends GroupView {
  /** How it is changed and repaired, with the defaults filled in. Missing while its type or flavor is not there. */
  readonly policy?: Policy;
  /** Whom checks of its members are asked of, unless from outside. Missing while its type is not there. */
  readonly whom?: Whom["kind"];
  readonly members: readonly MemberStatus[];
  /** What is seen of the members. */
  readonly seen: readonly Observed[];
}

/** Who asks: a user's name. It stands in the history as `user:NAME`. */
interface WithActor {
  readonly actor: string;
}

export interface ApplyRequest extends WithActor {
  readonly document: Document;
  /** The file's absolute path, or what else it comes from. */
  readonly source: string;
  /** Only say what would happen. */
  readonly pretend?: boolean;
  /** What may be done this once, though it cannot be taken back. */
  readonly allow?: readonly Consent[];
  /** Destroy what was declared before and is no longer. */
  readonly prune?: boolean;
  /** The digest of a plan (`ResourcesPlan.digest`, and of its groups) that must still hold. Throws `plan.stale`. */
  readonly expected?: string;
}

/** Everything that a stack has is to go. */
export interface DestroyRequest extends WithActor {
  readonly stack: string;
}

/** How the resources of a stack stand. A stack of which nothing is declared has no such line. */
export interface StackResources extends ResourcesView {
  readonly stack: string;
}

/** How the checks of a stack and of its resources stand. A stack of which nothing is declared has no such line. */
export interface StackChecks extends ChecksView {
  readonly stack: string;
}

export interface AskChecksRequest {
  readonly stack: string;
}

/** What a declaration would do: nothing is changed by asking. */
export interface PlanRequest {
  readonly document: Document;
  /** As in `ApplyRequest`. */
  readonly source: string;
  readonly allow?: readonly Consent[];
  readonly prune?: boolean;
}

export interface ApplyAnswer {
  readonly stack: string;
  readonly generation: number;
  /** It was declared so already. */
  readonly unchanged: boolean;
  readonly groups: readonly GroupView[];
  /** How its resources stand; `ApplyAnswer` of a Muster of before has none. */
  readonly resources?: ResourcesView;
  /** With `pretend`: by group, what would happen, in a sentence. Nothing was changed. */
  readonly would?: Readonly<Record<string, string>>;
}

export interface GroupRequests {
  readonly scale: WithActor & { readonly size: number };
  readonly pause: WithActor;
  readonly resume: WithActor;
  readonly promote: WithActor;
  readonly revert: WithActor;
  readonly free: WithActor;
  readonly destroy: WithActor;
  readonly "destroy-instances": WithActor & { readonly instances: readonly string[] };
}

/** As query parameters. */
export interface LogsQuery {
  /** Only the last so many lines of what is there; all of it unless told. */
  readonly lines?: number;
  /** Goes on with what is printed, until the member has ended. */
  readonly follow?: "1";
}

export interface ExecRequest extends WithActor {
  /** A program and its arguments, at most 1024 words; no shell reads them. */
  readonly command: readonly [string, ...string[]];
}

export interface ConsoleRequest extends WithActor {
  /** As in `LogsQuery`. */
  readonly lines?: number;
  readonly follow?: boolean;
}

export interface ToolRequest extends WithActor {
  /** `up` or `down` for `link`, a name for `snapshot` and `restore`; none for the others. */
  readonly argument?: string;
}

/** `out` and `err` are base64; the last is `end`, or `failed` where it is not known how the command ended. */
export type ExecFrame =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly end: Exit }
  | { readonly failed: WireError };

export interface ReplaceRequest extends WithActor {
  /** At once, whatever the budget. */
  readonly force?: boolean;
}

export interface GroupAnswer {
  /** Null when nothing is known of the group any more. */
  readonly group: GroupView | null;
  /** It was so already. */
  readonly unchanged: boolean;
}

/** As query parameters. */
export interface EventsQuery {
  readonly stack?: string;
  readonly group?: string;
  /** Only of these types: several with commas between them. */
  readonly type?: string;
  /** Not before this time, ms since 1970. */
  readonly since?: number;
  /** Only those after, or before, this place in the journal (`JournalEntry.place`): the next page, either way. */
  readonly after?: number;
  readonly before?: number;
  /** At most so many, up to 100,000; 1000 unless told. With `follow`: of those that are there already; all unless told. */
  readonly limit?: number;
  /** Only the last so many, oldest first; instead of `limit`. */
  readonly last?: number;
  /** Stays open, and goes on with what happens. */
  readonly follow?: "1";
}

/**
 * `built-in`: part of this Muster. `connected`: answers. `connecting`: was not asked yet. `stale`: a socket at which nobody
 * listens. `hangs`: missed a probe. `refused`: answers what cannot be used, or another version.
 */
export type PluginState = "built-in" | "connected" | "connecting" | "stale" | "hangs" | "refused";

export interface PluginView {
  readonly name: string;
  readonly state: PluginState;
  /** Missing for what is built in. */
  readonly socket?: string;
  /** What is spoken with it: `muster`, `walk-through`, `v0.1`, `v0.5`, `master`. */
  readonly dialect?: string;
  readonly version?: string;
  readonly types: readonly Served[];
  readonly flavors: readonly Served[];
  /** Why it is in this state, where that is not plain. */
  readonly detail?: string;
}

export interface Served {
  readonly name: string;
  readonly summary: string;
}

export type ErrorBody = { readonly error: WireError } | { readonly errors: readonly WireError[] };

/** A `MusterError` as it travels. `code` is one of the error table, as of the daemon's version. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly words: ErrorWords;
  readonly place?: WirePlace;
}

export interface WirePlace extends Place {
  /** The part of the document that is meant, for whoever has its text. */
  readonly at?: {
    readonly path: readonly (string | number)[];
    readonly what: "key" | "value";
    /** So far into a text. */
    readonly within?: number;
  };
}
