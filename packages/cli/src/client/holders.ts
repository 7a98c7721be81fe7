/** The Musters that run for this user: `serve`, and each process that keeps a stack. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GroupView, Ping, ResourcesView } from "@muster/daemon";
import { type ChecksView, didYouMean, MusterError, NO_CHECKS, nearest, systemCodeOf } from "@muster/model";
import type { Environment } from "../cli.ts";
import { isStackSocket, serveSocket } from "../places.ts";
import { type Api, apiAt } from "./api.ts";

/** A group, and who keeps it. */
export interface KeptGroup {
  readonly api: Api;
  readonly view: GroupView;
}

/** What was answered, and why some that listen did not answer. */
export interface Asked<T> {
  readonly answers: readonly (readonly [Api, T])[];
  readonly failures: readonly unknown[];
}

/** Asks all of them; a stale socket is nobody's. Throws `daemon.not-running` when there is none. */
export async function askAll<T>(env: Environment, ask: (api: Api) => Promise<T>): Promise<Asked<T>> {
  const apis = socketsOf(env).map(apiAt);
  const asked = await Promise.allSettled(apis.map(async (api): Promise<[Api, T]> => [api, await ask(api)]));
  const answers = asked.filter((each) => each.status === "fulfilled").map(({ value }) => value);
  const reasons = asked.filter((each) => each.status === "rejected").map(({ reason }): unknown => reason);
  const failures = reasons.filter((reason) => !isNobody(reason));
  if (answers.length + failures.length > 0) return { answers, failures };
  throw new MusterError("daemon.not-running", { socket: serveSocket(env) });
}

export interface KeptGroups {
  readonly groups: readonly KeptGroup[];
  readonly failures: readonly unknown[];
}

export async function keptGroups(env: Environment): Promise<KeptGroups> {
  const { answers, failures } = await askAll(env, (api) => api.groups());
  return { groups: answers.flatMap(([api, views]) => views.map((view) => ({ api, view }))), failures };
}

/** A stack of which something is declared, and how what it has stands. */
export interface KeptStack {
  readonly stack: string;
  /** By name. */
  readonly groups: readonly GroupView[];
  readonly resources: ResourcesView;
  /** Those of the stack and of its resources. */
  readonly checks: ChecksView;
}

export interface KeptStacks {
  /** By name. */
  readonly stacks: readonly KeptStack[];
  readonly failures: readonly unknown[];
}

export async function keptStacks(env: Environment): Promise<KeptStacks> {
  const { answers, failures } = await askAll(env, async (api) => {
    const [stacks, groups, checked] = await Promise.all([api.resources(), api.groups(), api.checks()]);
    return stacks.map(({ stack, ...resources }): KeptStack => {
      const own = groups.filter((view) => view.stack === stack);
      const { stack: _, ...checks } = checked.find((each) => each.stack === stack) ?? { stack, ...NO_CHECKS };
      return { stack, groups: own.toSorted((a, b) => (a.name < b.name ? -1 : 1)), resources, checks };
    });
  });
  const stacks = answers.flatMap(([, each]) => each);
  return { stacks: stacks.toSorted((a, b) => (a.stack < b.stack ? -1 : 1)), failures };
}

/** Finds `NAME` or `STACK/NAME`. Throws `group.not-found` and `group.ambiguous`. */
export async function findGroup(env: Environment, wanted: string): Promise<KeptGroup> {
  const { groups: kept, failures } = await keptGroups(env);
  const [found, other] = kept.filter(({ view }) => wanted === view.name || wanted === `${view.stack}/${view.name}`);
  // It may be with one that did not answer.
  if (found === undefined && failures.length > 0) throw failures[0];
  if (found === undefined) {
    const names = kept.flatMap(({ view }) => [view.name, `${view.stack}/${view.name}`]);
    throw new MusterError("group.not-found", { group: wanted, nearest: didYouMean(nearest(wanted, names)) });
  }
  if (other === undefined) return found;
  const stacks = kept.filter(({ view }) => view.name === wanted).map(({ view }) => view.stack);
  throw new MusterError("group.ambiguous", { group: wanted, stacks: stacks.join(", ") });
}

/**
 * Who a stack is handed to: the one that keeps it, else `serve`; undefined when neither runs. One that does not answer
 * might be either, so its failure is thrown.
 */
export async function holderOf(env: Environment, stack: string): Promise<Api | undefined> {
  const nobody: Asked<Ping> = { answers: [], failures: [] };
  const { answers, failures } = await askAll(env, (api) => api.ping()).catch((thrown: unknown) => {
    if (isNobody(thrown)) return nobody;
    throw thrown;
  });
  const holder = answers.find(([, { stacks }]) => stacks.includes(stack));
  if (holder === undefined && failures.length > 0) throw failures[0];
  const serve = answers.find(([api]) => api.socket === serveSocket(env));
  return (holder ?? serve)?.[0];
}

function isNobody(thrown: unknown): boolean {
  return thrown instanceof MusterError && thrown.code === "daemon.not-running";
}

/** The socket of `serve`, whether it is there or not, and those of the stacks beside it. */
function socketsOf(env: Environment): readonly string[] {
  const serve = serveSocket(env);
  const directory = dirname(serve);
  return [
    serve,
    ...namesIn(directory)
      .filter(isStackSocket)
      .map((name) => join(directory, name)),
  ];
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}
