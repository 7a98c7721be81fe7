/** What a person asks of single members, beside what is declared: to be heard, to be told something, to go. */
import { type EventDraft, MusterError } from "@muster/model";
import {
  asProviderError,
  type ConsoleAsked,
  type ExecAsked,
  type Execution,
  isChanging,
  type LogsAsked,
  type Tool,
  type ToolAsked,
  whyNotTold,
} from "@muster/plugin";
import type { Declaration, Writes } from "@muster/store";
import { assignmentsOf, steeringOf } from "./assignments.ts";
import type { GroupController } from "./controller.ts";
import { notThere, withoutInstances } from "./declaring.ts";
import type { DoomRequest } from "./doom.ts";
import type { Grammar } from "./ports.ts";
import type { GivenSettings } from "./providers.ts";
import type { Reached } from "./reach.ts";

export interface DayTwo {
  /**
   * What a member has printed, in bytes; with `follow` until it has ended, or the signal. Throws `instance.not-found`,
   * `instance.cannot`, `instance.refused` or `instance.failed`, also in the middle.
   */
  logs(group: string, id: string, asked: LogsAsked, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Runs a command where a member runs, once it is written down who asked for it. Throws as `logs` does. */
  exec(group: string, id: string, asked: ExecAsked, actor: string, signal: AbortSignal): Promise<Execution>;
  /** What a member shows on its console. Before anything is typed into it, it is written down who does. Throws as `logs`. */
  console(
    group: string,
    id: string,
    asked: ConsoleAsked,
    actor: string,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Uses a tool on a member, once it is written down who asked for it. Throws as `logs` does, and `group.observed`. */
  tool(group: string, id: string, asked: ToolAsked, actor: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Has an equal one put in a member's place: within the budget of the group's rollouts, and by force at once. Throws
   * `instance.irreplaceable` where the budget does not allow it as things stand, and `group.destroying`.
   */
  replace(group: string, id: string, by: { readonly actor: string; readonly force: boolean }): Promise<void>;
  /**
   * Sets a member aside to be looked into: it stays as it is, out of service, and another one is made in its place. Throws
   * `instance.not-aside` where it cannot be, or not as things stand and without force, and `group.destroying`.
   */
  quarantine(group: string, id: string, by: { readonly actor: string; readonly force: boolean }): Promise<void>;
  /** Destroys the named members and makes the group smaller by as many. Throws when one of them is not there. */
  destroyInstances(group: string, ids: readonly string[], actor: string): Promise<void>;
}

export interface DayTwoDeps {
  readonly grammar: Grammar;
  readonly settings: GivenSettings;
  /** Throws `group.not-found`. */
  controllerOf(group: string): GroupController;
  /** The same of a group that may be changed, with what is declared. Throws `group.observed` too. */
  toChange(group: string): { readonly controller: GroupController; readonly known: Declaration };
  /** Throws `stack.lost`. */
  write(writes: Writes): Promise<void>;
  /** Goes on with what is declared now. */
  goOnWith(declaration: Declaration): Promise<void>;
  serially<T>(run: () => Promise<T>): Promise<T>;
}

export function dayTwo({ grammar, settings, controllerOf, toChange, write, goOnWith, serially }: DayTwoDeps): DayTwo {
  function reach(group: string, id: string): Reached {
    const controller = controllerOf(group);
    const reached = controller.reach(id);
    if (reached !== undefined) return reached;
    const there = controller.seen().map((seen) => seen.id);
    throw notThere(group, id, there);
  }

  /** What is declared, of a group that is not on its way out. */
  function steerable(group: string): Declaration {
    const { known } = toChange(group);
    if (steeringOf(known, group).goal !== "destroying") return known;
    throw new MusterError("group.destroying", { group, serve: "" });
  }

  async function doom(group: string, request: Omit<DoomRequest, "next">, next: Declaration): Promise<void> {
    const { controller } = toChange(group);
    const assignment = assignmentsOf(next, grammar, settings).get(group);
    if (assignment !== undefined) await controller.doom({ ...request, next: assignment });
  }

  return {
    async *logs(group, id, asked, signal) {
      const { provider, type, tools } = reach(group, id);
      if (provider.logs === undefined) throw cannot("logs", type, id, tools);
      try {
        yield* provider.logs(id, asked, { signal });
      } catch (thrown) {
        throw told("logs", id, thrown);
      }
    },
    async exec(group, id, asked, actor, signal) {
      const { provider, type, tools, seen } = reach(group, id);
      if (provider.exec === undefined) throw cannot("exec", type, id, tools);
      await write({ events: [execEvent(group, id, seen.mark.slot, asked, actor)] });
      try {
        return tellingWell(await provider.exec(id, asked, { signal }), id);
      } catch (thrown) {
        throw told("exec", id, thrown);
      }
    },
    async *console(group, id, asked, actor, signal) {
      const { provider, type, tools, seen } = reach(group, id);
      if (provider.console === undefined) throw cannot("console", type, id, tools);
      if (asked.input !== undefined) await write({ events: [consoleEvent(group, id, seen.mark.slot, actor)] });
      try {
        yield* provider.console(id, asked, { signal });
      } catch (thrown) {
        throw told("console", id, thrown);
      }
    },
    async *tool(group, id, asked, actor, signal) {
      const { provider, type, tools, seen } = reach(group, id);
      if (provider.tool === undefined || !tools.includes(asked.tool)) throw cannot(asked.tool, type, id, tools);
      const detail = whyNotTold(asked);
      if (detail !== undefined) throw new MusterError("instance.refused", { verb: asked.tool, instance: id, detail });
      // Of an observed group nothing is touched.
      if (isChanging(asked.tool)) toChange(group);
      await write({ events: [toolEvent(group, id, seen.mark.slot, asked, actor)] });
      try {
        yield* provider.tool(id, asked, { signal });
      } catch (thrown) {
        throw told(asked.tool, id, thrown);
      }
    },
    replace: (group, id, { actor, force }) =>
      serially(async () => {
        const known = steerable(group);
        const { seen, whyIrreplaceable } = reach(group, id);
        const detail = force ? undefined : whyIrreplaceable();
        if (detail !== undefined) throw new MusterError("instance.irreplaceable", { instance: id, detail });
        const events = [replaceEvent(group, id, seen.mark.slot, force, actor)];
        await doom(group, { ids: [id], fate: force ? "destroyed" : "replaced", writes: { events } }, known);
      }),
    quarantine: (group, id, { actor, force }) =>
      serially(async () => {
        const known = steerable(group);
        const { seen, whyNeverAside, whyNotAside } = reach(group, id);
        const detail = whyNeverAside() ?? (force ? undefined : whyNotAside());
        if (detail !== undefined) throw new MusterError("instance.not-aside", { instance: id, detail });
        const events = [asideEvent(group, id, seen.mark.slot, actor)];
        await doom(group, { ids: [id], fate: "aside", writes: { events } }, known);
      }),
    destroyInstances: (group, ids, actor) =>
      serially(async () => {
        const { controller, known } = toChange(group);
        const there = controller.seen().map((seen) => seen.id);
        const { next, events, doomed } = withoutInstances(known, group, ids, there, actor, grammar);
        await doom(group, { ids: doomed, fate: "destroyed", writes: { declaration: next, events } }, next);
        await goOnWith(next);
      }),
  };
}

/** A word that stands in the history, in characters. */
const WORD = 256;

/** The arguments may be secrets, and the history is for ever: only how many there were is told. */
function execEvent(
  group: string,
  instance: string,
  slot: string | undefined,
  { command: [word, ...others], input }: ExecAsked,
  actor: string,
): EventDraft {
  const command = word.slice(0, WORD);
  const count = others.length === 1 ? "1 argument" : `${others.length} arguments`;
  const given = input === undefined ? "" : ", and is given something to read";
  const message = `\`${command}\` is run in ${instance}, with ${count}${given}`;
  const after = { command, arguments: others.length };
  return { type: "instance.exec", group, actor, cause: "intentional", message, instance, ...placed(slot), after };
}

/** What is typed is written down nowhere: it may be a password. */
function consoleEvent(group: string, instance: string, slot: string | undefined, actor: string): EventDraft {
  const message = `the console of ${instance} is typed into`;
  return { type: "instance.console", group, actor, cause: "intentional", message, instance, ...placed(slot) };
}

function toolEvent(
  group: string,
  instance: string,
  slot: string | undefined,
  { tool, argument }: ToolAsked,
  actor: string,
): EventDraft {
  const words = argument === undefined ? tool : `${tool} ${argument}`;
  const message = `\`${words}\` is asked of ${instance}`;
  const after = { tool, ...(argument === undefined ? {} : { argument }) };
  return { type: "instance.tool", group, actor, cause: "intentional", message, instance, ...placed(slot), after };
}

function replaceEvent(
  group: string,
  instance: string,
  slot: string | undefined,
  force: boolean,
  actor: string,
): EventDraft {
  const message = `${instance} is to be replaced${force ? ", at once and by force" : ""}`;
  return { type: "instance.replace-asked", group, actor, cause: "intentional", message, instance, ...placed(slot) };
}

function asideEvent(group: string, instance: string, slot: string | undefined, actor: string): EventDraft {
  const message = `${instance} is set aside to be looked into`;
  return { type: "instance.quarantined", group, actor, cause: "intentional", message, instance, ...placed(slot) };
}

function placed(slot: string | undefined): Pick<EventDraft, "slot"> {
  return slot === undefined ? {} : { slot };
}

/** The same command, of whose failures a person can be told. */
function tellingWell({ output, ended }: Execution, id: string): Execution {
  ended.catch(() => undefined);
  async function* printed(): Execution["output"] {
    try {
      yield* output;
    } catch (thrown) {
      throw told("exec", id, thrown);
    }
  }
  const well = ended.catch((thrown: unknown) => {
    throw told("exec", id, thrown);
  });
  well.catch(() => undefined);
  return { output: printed(), ended: well };
}

type Verb = "logs" | "exec" | "console" | Tool;

/** @param tools those that it has, where a tool was asked for */
function cannot(verb: Verb, type: string, instance: string, tools: readonly Tool[] = []): MusterError {
  const others = tools.length === 0 ? "" : ` (its tools are ${tools.join(", ")})`;
  return new MusterError("instance.cannot", { type, verb, instance, others });
}

function told(verb: Verb, instance: string, thrown: unknown): MusterError {
  const { kind, message: detail } = asProviderError(thrown);
  const code = kind === "invalid" ? "instance.refused" : "instance.failed";
  return new MusterError(code, { verb, instance, detail }, { cause: thrown });
}
