/** From a type as a plugin's author writes it to a type as the contract has it. */
import { bears, type JsonObject, type Observed } from "@muster/model";
import type {
  ClaimedProvider,
  ClaimedType,
  Ctx,
  Flavor,
  Io,
  Provider,
  Schema,
  TaggedProvider,
  TaggedType,
  Type,
} from "@muster/plugin";
import type {
  Call,
  ClaimedDefinition,
  FlavorDefinition,
  NamedItem,
  TaggedDefinition,
  TypeDefinition,
} from "./plugin-definition.ts";
import { failingWell, streamingWell } from "./plugin-failure.ts";

/** @param opened makes ready what the plugin as a whole needs. */
export function typeOf<C extends JsonObject>(
  definition: TypeDefinition<JsonObject, C>,
  plugin: string,
  settings: Schema<C>,
  opened: (settings: C) => Promise<unknown>,
): Type<JsonObject, C> {
  const { name, schema, effects = {}, settleMs = 0, exclusive } = definition;
  const { outputs, irreversible, unreadable, unordered, ports, startupMs, family, tools } = definition;
  const base = {
    ...{ name, schema, settings, effects, settleMs },
    summary: definition.summary ?? `${name}, from the plugin ${plugin}`,
    local: definition.local ?? definition.watch !== undefined,
    ...(exclusive === undefined ? {} : { exclusive: (want: JsonObject) => exclusive(want) }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(irreversible === undefined ? {} : { irreversible }),
    ...(definition.assess === undefined ? {} : { assesses: true as const }),
    ...(unreadable === undefined ? {} : { unreadable }),
    ...(unordered === undefined ? {} : { unordered }),
    ...(ports === undefined ? {} : { ports }),
    ...(startupMs === undefined ? {} : { startupMs }),
    ...(family === undefined ? {} : { family }),
    ...(tools === undefined ? {} : { tools }),
  };
  const open = async (given: C) => {
    await failingWell(() => opened(given));
    return scopeOf(plugin, given);
  };
  if (definition.known === "claim") {
    const { naming } = definition;
    const type: ClaimedType<JsonObject, C> = {
      ...{ ...base, known: "claim", naming },
      open: async (given, io) => claimedProvider(definition, given, await open(given), io),
    };
    return type;
  }
  const { naming } = definition;
  const type: TaggedType<JsonObject, C> = {
    ...{ ...base, known: "tags" },
    ...(naming === undefined ? {} : { naming }),
    open: async (given, io) => taggedProvider(definition, given, await open(given), io),
  };
  return type;
}

/** What ids are unique in, for a person to read: what the plugin was given to work on, or the plugin itself. */
function scopeOf(plugin: string, settings: JsonObject): string {
  const texts = Object.values(settings).filter((each) => typeof each === "string");
  return texts.length === 0 ? plugin : texts.join(", ");
}

function taggedProvider<C>(
  definition: TaggedDefinition<JsonObject, C>,
  settings: C,
  scope: string,
  io: Io,
): TaggedProvider {
  const { read, retag } = definition;
  const age = ages(io.now);
  return {
    known: "tags",
    ...whatAnyCan(definition, settings, scope),
    async *list(by, ctx) {
      const items = await failingWell(() => definition.list(callOf(settings, ctx)));
      age.forget(items);
      yield items.filter((each) => bears(each.tags, by)).map(age.observed);
    },
    async create(want, tags, ctx) {
      return { id: await failingWell(() => definition.create(want, tags, callOf(settings, ctx))) };
    },
    ...(read && {
      async read(id, ctx) {
        const found = await failingWell(() => read(id, callOf(settings, ctx)));
        return found === undefined ? undefined : age.observed(found);
      },
    }),
    ...(retag && { retag: (id, tags, ctx) => failingWell(() => retag(id, tags, callOf(settings, ctx))) }),
  };
}

function claimedProvider<C>(
  definition: ClaimedDefinition<JsonObject, C>,
  settings: C,
  scope: string,
  io: Io,
): ClaimedProvider {
  const { list, naming } = definition;
  const age = ages(io.now);
  return {
    known: "claim",
    ...whatAnyCan(definition, settings, scope),
    async read(id, ctx) {
      const found = await failingWell(() => definition.read(id, callOf(settings, ctx)));
      return found === undefined ? undefined : age.observed(found);
    },
    async create(want, _tags, ctx) {
      await failingWell(() => definition.create(want, callOf(settings, ctx)));
      return { id: String(want[naming]) };
    },
    ...(list && {
      async *list(ctx) {
        const items = await failingWell(() => list(callOf(settings, ctx)));
        age.forget(items);
        yield items.map(age.observed);
      },
    }),
  };
}

type Common = Omit<Provider, "known" | "list" | "read" | "create" | "retag" | "pin" | "close">;

/** What both kinds of types can do. */
function whatAnyCan<C>(definition: TypeDefinition<JsonObject, C>, settings: C, scope: string): Common {
  const { validate, update, assess, refresh, watch, logs, exec, console, tool } = definition;
  const call = (ctx: Ctx) => callOf(settings, ctx);
  return {
    scope,
    destroy: (id, ctx) => failingWell(() => definition.destroy(id, call(ctx))),
    ...(validate && { validate: (want) => failingWell(() => validate(want, call(NEVER))) }),
    ...(update && { update: (from, want, ctx) => failingWell(() => update(from, want, call(ctx))) }),
    ...(assess && { assess: (from, want, ctx) => failingWell(() => assess(from, want, call(ctx))) }),
    ...(refresh && { refresh: (observed, want, ctx) => failingWell(() => refresh(observed, want, call(ctx))) }),
    ...(watch && { watch: (wake, signal) => watch(wake, call({ signal })) }),
    ...(logs && { logs: (id, asked, ctx) => streamingWell(() => logs(id, asked, call(ctx))) }),
    ...(exec && { exec: (id, asked, ctx) => failingWell(() => exec(id, asked, call(ctx))) }),
    ...(console && { console: (id, asked, ctx) => streamingWell(() => console(id, asked, call(ctx))) }),
    ...(tool && { tool: (id, asked, ctx) => streamingWell(() => tool(id, asked, call(ctx))) }),
  };
}

function callOf<C>(settings: C, { signal, digests }: Ctx): Call<C> {
  return { settings, signal, ...(digests === undefined ? {} : { digests }) };
}

const NEVER: Ctx = { signal: new AbortController().signal };

/** Things that do not tell their age are as old as they have been seen. */
function ages(now: () => number) {
  const seen = new Map<string, number>();
  return {
    observed({ outputs, ...item }: NamedItem<JsonObject> & Partial<Pick<Observed, "tags">>): Observed {
      const since = item.since ?? seen.get(item.id) ?? now();
      if (item.since === undefined) seen.set(item.id, since);
      const properties = outputs === undefined ? item.properties : { ...outputs, ...item.properties };
      return { phase: "running", tags: {}, ...item, properties, since };
    },
    forget(there: readonly NamedItem<JsonObject>[]): void {
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
