/** From a type as a plugin's author writes it to a type as the contract has it. */
import { bears, type JsonObject, type Observed } from "@muster/model";
import type { Flavor, Io, Schema, TaggedProvider, TaggedType } from "@muster/plugin";
import type { Call, FlavorDefinition, Item, TypeDefinition } from "./plugin-definition.ts";
import { failingWell, streamingWell } from "./plugin-failure.ts";

/** @param opened makes ready what the plugin as a whole needs. */
export function typeOf<C extends JsonObject>(
  definition: TypeDefinition<JsonObject, C>,
  plugin: string,
  settings: Schema<C>,
  opened: (settings: C) => Promise<unknown>,
): TaggedType<JsonObject, C> {
  const { name, schema, effects = {}, settleMs = 0, exclusive, ports, startupMs, tools } = definition;
  return {
    known: "tags",
    name,
    summary: definition.summary ?? `${name}, from the plugin ${plugin}`,
    schema,
    settings,
    effects,
    settleMs,
    local: definition.local ?? definition.watch !== undefined,
    ...(exclusive === undefined ? {} : { exclusive: (want) => exclusive(want) }),
    ...(ports === undefined ? {} : { ports }),
    ...(startupMs === undefined ? {} : { startupMs }),
    ...(tools === undefined ? {} : { tools }),
    async open(given, io) {
      await failingWell(() => opened(given));
      return providerOf(definition, given, scopeOf(plugin, given), io);
    },
  };
}

/** What ids are unique in, for a person to read: what the plugin was given to work on, or the plugin itself. */
function scopeOf(plugin: string, settings: JsonObject): string {
  const texts = Object.values(settings).filter((each) => typeof each === "string");
  return texts.length === 0 ? plugin : texts.join(", ");
}

function providerOf<C>(definition: TypeDefinition<JsonObject, C>, settings: C, scope: string, io: Io): TaggedProvider {
  const { read, validate, update, retag, watch, logs, exec, console, tool } = definition;
  const call = (signal: AbortSignal): Call<C> => ({ settings, signal });
  const age = ages(io.now);

  return {
    known: "tags",
    scope,
    async *list(by, { signal }) {
      const items = await failingWell(() => definition.list(call(signal)));
      age.forget(items);
      yield items.filter((each) => bears(each.tags, by)).map(age.observed);
    },
    async create(want, tags, { signal }) {
      return { id: await failingWell(() => definition.create(want, tags, call(signal))) };
    },
    destroy: (id, { signal }) => failingWell(() => definition.destroy(id, call(signal))),
    ...(read && {
      async read(id, { signal }) {
        const found = await failingWell(() => read(id, call(signal)));
        return found === undefined ? undefined : age.observed(found);
      },
    }),
    ...(validate && { validate: (want) => failingWell(() => validate(want, call(NEVER))) }),
    ...(update && { update: (from, want, { signal }) => failingWell(() => update(from, want, call(signal))) }),
    ...(retag && { retag: (id, tags, { signal }) => failingWell(() => retag(id, tags, call(signal))) }),
    ...(watch && { watch: (wake, signal) => watch(wake, call(signal)) }),
    ...(logs && { logs: (id, asked, { signal }) => streamingWell(() => logs(id, asked, call(signal))) }),
    ...(exec && { exec: (id, asked, { signal }) => failingWell(() => exec(id, asked, call(signal))) }),
    ...(console && { console: (id, asked, { signal }) => streamingWell(() => console(id, asked, call(signal))) }),
    ...(tool && { tool: (id, asked, { signal }) => streamingWell(() => tool(id, asked, call(signal))) }),
  };
}

const NEVER = new AbortController().signal;

/** Things that do not tell their age are as old as they have been seen. */
function ages(now: () => number) {
  const seen = new Map<string, number>();
  return {
    observed(item: Item<JsonObject>): Observed {
      const since = item.since ?? seen.get(item.id) ?? now();
      if (item.since === undefined) seen.set(item.id, since);
      return { phase: "running", ...item, since };
    },
    forget(there: readonly Item<JsonObject>[]): void {
      const ids = new Set(there.map(({ id }) => id));
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    },
  };
}

export function flavorOf(definition: FlavorDefinition<JsonObject>): Flavor {
  const { name, summary = name, schema, effects = {}, validate, prepare, health, started, drain } = definition;
  return {
    name,
    summary,
    schema,
    effects,
    ...(validate && { validate: (flavor, slots) => failingWell(() => validate(flavor, slots)) }),
    ...(prepare && { prepare: (want, member, flavor) => failingWell(() => prepare(want, member, flavor)) }),
    ...(health && { health: (observed, flavor) => failingWell(() => health(observed, flavor)) }),
    ...(started && { started: (observed, flavor, ctx) => failingWell(() => started(observed, flavor, ctx)) }),
    ...(drain && { drain: (observed, flavor, ctx) => failingWell(() => drain(observed, flavor, ctx)) }),
  };
}
