/** A running Muster, asked over its socket. The daemon's door is not entered for it: that would load the daemon. */
import type {
  ApplyAnswer,
  ApplyRequest,
  AskChecksRequest,
  ConsoleRequest,
  DestroyRequest,
  EventsQuery,
  ExecFrame,
  ExecRequest,
  GroupAnswer,
  GroupDetail,
  GroupRequests,
  GroupVerb,
  GroupView,
  InstanceVerb,
  JournalEntry,
  LogsQuery,
  PATHS as Paths,
  Ping,
  PlanRequest,
  PluginView,
  ReplaceRequest,
  StackChecks,
  StackResources,
  Tool,
  ToolRequest,
} from "@muster/daemon";
import { MusterError, type StackPlan } from "@muster/model";
import type { Locate } from "./errors.ts";
import { type Answer, type Call, call, lines, NoAnswer } from "./http.ts";
import type { Upload } from "./stream.ts";

/** As the daemon has them: the type says so, and a difference does not compile. */
const PATHS: Pick<
  typeof Paths,
  "ping" | "groups" | "apply" | "plan" | "resources" | "checks" | "askChecks" | "destroy" | "events" | "plugins"
> = {
  ping: "/v1/ping",
  groups: "/v1/groups",
  apply: "/v1/apply",
  plan: "/v1/plan",
  resources: "/v1/resources",
  checks: "/v1/checks",
  askChecks: "/v1/checks/ask",
  destroy: "/v1/destroy",
  events: "/v1/events",
  plugins: "/v1/plugins",
};

/** How long an answer is waited for, in milliseconds. To change something may take the asking of plugins. */
const DEADLINES = { GET: 10_000, POST: 120_000 } as const;

export interface Api {
  readonly socket: string;
  ping(): Promise<Ping>;
  groups(): Promise<readonly GroupView[]>;
  /** Throws `group.not-found`. */
  group(stack: string, group: string): Promise<GroupDetail>;
  steer<V extends GroupVerb>(stack: string, group: string, verb: V, wanted: GroupRequests[V]): Promise<GroupAnswer>;
  /** `locate` finds the place of what is refused in the text that was read. */
  apply(wanted: ApplyRequest, locate?: Locate): Promise<ApplyAnswer>;
  /** Everything a stack has is destroyed. */
  destroy(wanted: DestroyRequest): Promise<ApplyAnswer>;
  /** How the resources of its stacks stand. */
  resources(): Promise<readonly StackResources[]>;
  /** How the checks of its stacks and their resources stand. */
  checks(): Promise<readonly StackChecks[]>;
  /** They are asked once more. Throws `stack.not-found`. */
  askChecks(wanted: AskChecksRequest): Promise<StackChecks>;
  /** What `apply` would do. */
  plan(wanted: PlanRequest, locate?: Locate): Promise<StackPlan>;
  plugins(): Promise<readonly PluginView[]>;
  /** What an instance has printed. Throws `instance.failed` where it breaks off; ends with the signal. */
  logs(instance: InstancePlace, query: LogsQuery, signal: AbortSignal): AsyncGenerator<Uint8Array, void>;
  /** What a command does there, up to its end. Throws as `logs` does. */
  exec(
    instance: InstancePlace,
    wanted: ExecRequest,
    input: AsyncIterable<Uint8Array> | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ExecFrame, void>;
  /** What an instance shows on its console; `input` is typed there. Throws as `logs` does. */
  console(
    instance: InstancePlace,
    wanted: ConsoleRequest,
    input: AsyncIterable<Uint8Array> | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void>;
  /** What a tool gives. Throws as `logs` does. */
  tool(instance: InstancePlace, tool: Tool, wanted: ToolRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void>;
  replace(instance: InstancePlace, wanted: ReplaceRequest): Promise<GroupAnswer>;
  quarantine(instance: InstancePlace, wanted: ReplaceRequest): Promise<GroupAnswer>;
  events(query: EventsQuery, signal: AbortSignal): AsyncGenerator<JournalEntry, void>;
}

export interface InstancePlace {
  readonly stack: string;
  readonly group: string;
  readonly id: string;
}

/** Every method throws `daemon.not-running`, `.gone`, `.silent`, `.bad-answer`, and what the daemon threw. */
export function apiAt(socket: string): Api {
  const target = { path: socket };

  async function ask<T>(asked: Call, locate?: Locate): Promise<T> {
    const deadline = DEADLINES[asked.method];
    const answer = await call(target, asked, deadline).catch((thrown: unknown) => {
      throw notReached(thrown, socket, deadline);
    });
    if (answer.status !== 200) throw await refusal(answer, socket, locate);
    return parse(answer.text, socket);
  }

  /** Loaded when it is needed: only streams need more of HTTP than `call` knows. */
  async function streamed(asked: Call | Upload, verb: string, instance: string, signal: AbortSignal) {
    const { stream } = await import("./stream.ts");
    try {
      const { status, bytes, text } = await stream(socket, asked, signal, (detail) => {
        return new MusterError("instance.failed", { verb, instance, detail });
      });
      if (status === 200) return bytes;
      throw await refusal({ status, text: await text() }, socket);
    } catch (thrown) {
      throw notReached(thrown, socket);
    }
  }

  const get = <T>(path: string): Promise<T> => ask({ method: "GET", path });
  const post = <T>(path: string, body: object, locate?: Locate): Promise<T> =>
    ask({ method: "POST", path, body: JSON.stringify(body) }, locate);

  return {
    socket,
    ping: () => get(PATHS.ping),
    groups: () => get(PATHS.groups),
    group: (stack, group) => get(groupPath(stack, group)),
    steer: (stack, group, verb, wanted) => post(`${groupPath(stack, group)}/${verb}`, wanted),
    apply: (wanted, locate) => post(PATHS.apply, wanted, locate),
    plan: (wanted, locate) => post(PATHS.plan, wanted, locate),
    destroy: (wanted) => post(PATHS.destroy, wanted),
    resources: () => get(PATHS.resources),
    checks: () => get(PATHS.checks),
    askChecks: (wanted) => post(PATHS.askChecks, wanted),
    plugins: () => get(PATHS.plugins),
    async *logs(instance, query, signal) {
      const path = `${instancePath(instance, "logs")}?${queryText(query)}`;
      yield* await streamed({ method: "GET", path }, "logs", instance.id, signal);
    },
    async *exec(instance, wanted, input, signal) {
      const call = await postOf(instancePath(instance, "exec"), wanted, input);
      const { framesIn } = await import("./frames.ts");
      yield* framesIn(await streamed(call, "exec", instance.id, signal), socket, signal);
    },
    async *console(instance, wanted, input, signal) {
      const call = await postOf(instancePath(instance, "console"), wanted, input);
      yield* await streamed(call, "console", instance.id, signal);
    },
    async *tool(instance, tool, wanted, signal) {
      yield* await streamed(await postOf(instancePath(instance, `tools/${tool}`), wanted), tool, instance.id, signal);
    },
    replace: (instance, wanted) => post(instancePath(instance, "replace"), wanted),
    quarantine: (instance, wanted) => post(instancePath(instance, "quarantine"), wanted),
    async *events(query, signal) {
      const path = `${PATHS.events}?${queryText(query)}`;
      const refused = (answer: Answer) => refusal(answer, socket);
      try {
        for await (const line of lines(target, path, signal, refused)) yield parse(line, socket);
      } catch (thrown) {
        throw notReached(thrown, socket);
      }
    },
  };
}

async function postOf(path: string, wanted: object, input?: AsyncIterable<Uint8Array>): Promise<Call | Upload> {
  const body = JSON.stringify(wanted);
  if (input === undefined) return { method: "POST", path, body };
  const { INPUT_HEADERS, withInput } = await import("@muster/plugin");
  return { method: "POST", path, headers: INPUT_HEADERS, bytes: withInput(body, input) };
}

function queryText(query: object): string {
  const words = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
  return String(new URLSearchParams(words));
}

function instancePath({ stack, group, id }: InstancePlace, verb: InstanceVerb): string {
  return `${groupPath(stack, group)}/instances/${encodeURIComponent(id)}/${verb}`;
}

function groupPath(stack: string, group: string): string {
  return `${PATHS.groups}/${encodeURIComponent(stack)}/${encodeURIComponent(group)}`;
}

/** Loaded when it is needed: most answers refuse nothing. */
async function refusal(answer: Answer, socket: string, locate?: Locate): Promise<Error> {
  const { errorFrom } = await import("./errors.ts");
  return errorFrom(answer, socket, locate);
}

/** The answers are what api.ts of the same version says; another version is met by fields that are missing. */
function parse<T>(text: string, socket: string): T {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MusterError("daemon.bad-answer", { socket, detail: "it is not JSON" }, { cause });
  }
}

function notReached(thrown: unknown, socket: string, deadline?: number): unknown {
  if (!(thrown instanceof NoAnswer)) return thrown;
  const { kind, message: detail } = thrown;
  switch (kind) {
    case "nobody":
      return new MusterError("daemon.not-running", { socket }, { cause: thrown });
    case "gone":
      return new MusterError("daemon.gone", { socket }, { cause: thrown });
    case "late":
      return new MusterError("daemon.silent", { socket, seconds: (deadline ?? 0) / 1000 }, { cause: thrown });
    case "odd":
      return new MusterError("daemon.bad-answer", { socket, detail }, { cause: thrown });
  }
}
