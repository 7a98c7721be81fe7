import { type Ctx, type Io, ProviderError, type TaggedProvider, type TaggedType } from "@muster/plugin";
import { takenPorts } from "./body.ts";
import { destroy } from "./destroy.ts";
import { type Engine, engineAt } from "./engine/engine.ts";
import { exec } from "./exec.ts";
import { logs } from "./logs.ts";
import { looksAt } from "./looks.ts";
import { make } from "./make.ts";
import { type ContainerProperties, containerProperties } from "./properties.ts";
import { pullsFrom } from "./pull.ts";
import { type ContainerSettings, containerSettingsIn, type Environment, socketOf } from "./settings.ts";
import { CONTAINER_TOOLS, useTool } from "./tools.ts";
import { update } from "./update.ts";
import { follow } from "./watch.ts";

/**
 * Containers of an engine that speaks Docker's API.
 *
 * @param env where the engine is looked for when nobody names one, and where secrets are read
 */
export function containerIn(env: Environment): TaggedType<ContainerProperties, ContainerSettings> {
  return {
    known: "tags",
    name: "container",
    summary: "A container of an engine that speaks Docker's API",
    schema: containerProperties,
    settings: containerSettingsIn(env),
    effects: { memory: "in-place", cpus: "in-place", pids: "in-place" },
    settleMs: 0,
    local: true,
    ports: true,
    startupMs: 30_000,
    tools: CONTAINER_TOOLS,
    exclusive: takenPorts,
    open: async (settings, io) => containersAt(engineAt(socketOf(settings)), env, io),
  };
}

/** For whoever only wants to know what it is like: it finds the usual engines, and no secrets in any environment. */
export const container = containerIn({});

/** Nothing is asked of the engine before somebody wants something: it may come later, and come and go. */
function containersAt(engine: Engine, env: Environment, io: Io): TaggedProvider<ContainerProperties> {
  const over = new AbortController();
  const underWay = new Set<string>();
  const looks = looksAt(engine, (name) => underWay.has(name));
  const pulls = pullsFrom(engine, over.signal);
  const until = ({ signal }: Ctx) => AbortSignal.any([signal, over.signal]);

  return {
    known: "tags",
    scope: engine.socket,

    async create(want, tags, ctx) {
      return { id: await make({ engine, pulls, env, io, underWay }, want, tags, until(ctx)) };
    },

    async *list(by, ctx) {
      const found = await looks.all(by, until(ctx));
      for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
    },

    async read(id, ctx) {
      return isId(id) ? looks.one(id, until(ctx)) : undefined;
    },

    async update(from, want, ctx) {
      await update(engine, { ...from, id: confirmedId(from.id) }, want, until(ctx)).finally(() =>
        looks.forget(from.id),
      );
    },

    async destroy(id, ctx) {
      await destroy(engine, confirmedId(id), until(ctx)).finally(() => looks.forget(id));
    },

    watch(wake, signal) {
      follow(engine, { wake, changed: looks.forget }, AbortSignal.any([signal, over.signal]));
    },

    async close() {
      over.abort();
    },

    logs: (id, asked, ctx) => logs(engine, confirmedId(id), asked, until(ctx)),
    exec: async (id, asked, ctx) => exec(engine, confirmedId(id), asked, until(ctx)),

    async *tool(id, { tool }, ctx) {
      yield await useTool(engine, confirmedId(id), tool, until(ctx)).finally(() => looks.forget(id));
    },
  };
}

const PAGE = 1_000;

/** Engines take names and beginnings of ids too: those may be anybody's. */
function isId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

function confirmedId(id: string): string {
  if (isId(id)) return id;
  throw new ProviderError("invalid", `${JSON.stringify(id)} is not the id of a container`);
}
