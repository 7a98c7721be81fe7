import { z } from "zod";
import type { Flavor } from "../contract.ts";
import { methods, PROTOCOL, type ServedFlavor, type ServedType } from "../wire/methods.ts";
import { type Handler, on } from "./handlers.ts";
import type { OpenType, Plugin } from "./plugin.ts";

/** Tells Muster what this plugin serves. It does not change while the plugin runs. */
export function helloHandler({ name, version, types, flavors }: Plugin): [string, Handler] {
  const hello = { protocol: PROTOCOL, name, version, types: types.map(servedType), flavors: flavors.map(servedFlavor) };
  return on(methods.hello, async () => hello);
}

function servedType({ type, provider }: OpenType): ServedType {
  const { validate, read, update, watch, assess, refresh, logs, exec, console } = provider;
  const { naming, family, outputs, irreversible, unreadable, unordered } = type;
  const retag = provider.known === "tags" ? provider.retag : undefined;
  // What bears tags can always be listed.
  const list = provider.known === "claim" ? provider.list : undefined;
  return {
    name: type.name,
    summary: type.summary,
    schema: jsonSchemaOf(type.schema),
    effects: type.effects,
    known: type.known,
    ...(naming === undefined ? {} : { naming }),
    ...(family === undefined ? {} : { family }),
    ...(outputs === undefined ? {} : { outputs: jsonSchemaOf(outputs) }),
    ...(irreversible === undefined ? {} : { irreversible: [...irreversible] }),
    ...(unreadable === undefined ? {} : { unreadable: [...unreadable] }),
    ...(unordered === undefined ? {} : { unordered: [...unordered] }),
    settleMs: type.settleMs,
    local: type.local,
    ...(type.ports === undefined ? {} : { ports: type.ports }),
    ...(type.startupMs === undefined ? {} : { startupMs: type.startupMs }),
    scope: provider.scope,
    can: verbs({ validate, list, read, update, watch, retag, assess, refresh, logs, exec, console }),
    ...(provider.tool === undefined || type.tools === undefined ? {} : { tools: [...type.tools] }),
  };
}

function servedFlavor(flavor: Flavor): ServedFlavor {
  const { validate, prepare, health, started, drain } = flavor;
  return {
    name: flavor.name,
    summary: flavor.summary,
    schema: jsonSchemaOf(flavor.schema),
    effects: flavor.effects,
    can: verbs({ validate, prepare, health, started, drain }),
  };
}

/** The names of those that are there. */
function verbs(optional: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(optional).filter((each) => optional[each] !== undefined);
}

/** As the caller writes it: what has a default may be left out. */
function jsonSchemaOf(schema: z.ZodType): ServedType["schema"] {
  return servedSchema.parse(z.toJSONSchema(schema, { io: "input" }));
}

const servedSchema = z.record(z.string(), z.json());
