/** A running Muster, asked over its socket. The daemon's door is not entered for it: that would load the daemon. */
import type {
  ApplyAnswer,
  ApplyRequest,
  EventsQuery,
  GroupAnswer,
  GroupDetail,
  GroupRequests,
  GroupVerb,
  GroupView,
  JournalEntry,
  PATHS as Paths,
  Ping,
  PlanRequest,
  PluginView,
} from "@muster/daemon";
import { MusterError, type StackPlan } from "@muster/model";
import type { Locate } from "./errors.ts";
import { type Answer, type Call, call, lines, NoAnswer } from "./http.ts";

/** As the daemon has them: the type says so, and a difference does not compile. */
const PATHS: Pick<typeof Paths, "ping" | "groups" | "apply" | "plan" | "events" | "plugins"> = {
  ping: "/v1/ping",
  groups: "/v1/groups",
  apply: "/v1/apply",
  plan: "/v1/plan",
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
  /** What `apply` would do. */
  plan(wanted: PlanRequest, locate?: Locate): Promise<StackPlan>;
  plugins(): Promise<readonly PluginView[]>;
  events(query: EventsQuery, signal: AbortSignal): AsyncGenerator<JournalEntry, void>;
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
    plugins: () => get(PATHS.plugins),
    async *events(query, signal) {
      const words = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
      const path = `${PATHS.events}?${new URLSearchParams(words)}`;
      const refused = (answer: Answer) => refusal(answer, socket);
      try {
        for await (const line of lines(target, path, signal, refused)) yield parse(line, socket);
      } catch (thrown) {
        throw notReached(thrown, socket);
      }
    },
  };
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
