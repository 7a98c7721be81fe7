import type { JsonObject, Observed, Tags } from "@muster/model";
import { z } from "zod";
import type { ClaimedProvider, Ctx, Provider, TaggedProvider, Type } from "../contract.ts";
import { methods, type ServedType } from "../wire/methods.ts";
import { type Caller, providerErrorOf } from "./caller.ts";
import { watchHints } from "./hints.ts";
import { callMuster, schemaOf } from "./muster.ts";
import { type Streams, streamsOf, toolsOf } from "./streams.ts";

/** A plugin is opened by whoever starts it: there is nothing to set from here. */
export const noSettings = z.strictObject({});

/** A list that goes on beyond so many things, or so many characters, is taken for one that never ends. */
const MOST = 1_000_000;
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** A type that a plugin of Muster's own kind serves. */
export function typeOf(served: ServedType, caller: Caller): Type {
  const { name, summary, effects, settleMs, local, ports, startupMs, known, naming } = served;
  const { family, outputs, irreversible, unreadable, unordered } = served;
  const schema = schemaOf(caller, name, served.schema);
  const base = {
    ...{ name, summary, schema, settings: noSettings, effects, settleMs, local },
    ...(ports === undefined ? {} : { ports }),
    ...(startupMs === undefined ? {} : { startupMs }),
    ...(served.tools === undefined ? {} : { tools: toolsOf(served) }),
    ...(family === undefined ? {} : { family }),
    ...(outputs === undefined ? {} : { outputs: schemaOf(caller, `what is read of ${name}`, outputs) }),
    ...(irreversible === undefined ? {} : { irreversible }),
    ...(served.can.includes("assess") ? { assesses: true as const } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
    ...(unordered === undefined ? {} : { unordered }),
  };
  if (known === "tags") {
    const named = naming === undefined ? base : { ...base, naming };
    return { ...named, known, open: async () => taggedProvider(served, caller) };
  }
  if (naming === undefined) throw caller.unusable(methods.hello.name, `${name} does not say which property names it`);
  return { ...base, known, naming, open: async () => claimedProvider(served, caller) };
}

function taggedProvider(served: ServedType, caller: Caller): TaggedProvider {
  const type = served.name;
  return {
    known: "tags",
    ...whatAnyCan(served, caller),
    list: (by, ctx) => pages(caller, type, by, ctx),
    ...(served.can.includes("read") ? { read: (id, ctx) => read(caller, type, id, ctx) } : {}),
    ...(served.can.includes("retag")
      ? {
          async retag(id, tags, { signal }) {
            await callMuster(caller, methods.retag, { type, id, tags }, "act", signal);
          },
        }
      : {}),
  };
}

function claimedProvider(served: ServedType, caller: Caller): ClaimedProvider {
  return {
    known: "claim",
    ...whatAnyCan(served, caller),
    read: (id, ctx) => read(caller, served.name, id, ctx),
    ...(served.can.includes("list") ? { list: (ctx: Ctx) => pages(caller, served.name, {}, ctx) } : {}),
  };
}

type Common = Pick<Provider, "scope" | "validate" | "create" | "update" | "destroy" | "watch" | "assess" | "refresh"> &
  Streams;

function whatAnyCan(served: ServedType, caller: Caller): Common {
  const { name: type, scope, can } = served;
  return {
    scope,
    ...streamsOf(served, caller),
    async create(want, tags, { signal, digests }) {
      return callMuster(caller, methods.create, { type, want, tags, ...told(digests) }, "act", signal);
    },
    async destroy(id, { signal }) {
      await callMuster(caller, methods.destroy, { type, id }, "act", signal);
    },
    ...(can.includes("validate")
      ? {
          async validate(want: JsonObject) {
            await callMuster(caller, methods.validate, { type, want }, "ask", undefined, "invalid");
          },
        }
      : {}),
    ...(can.includes("update")
      ? {
          async update(from: Observed, want: JsonObject, { signal, digests }: Ctx) {
            await callMuster(caller, methods.update, { type, from, want, ...told(digests) }, "act", signal);
          },
        }
      : {}),
    ...(can.includes("assess")
      ? {
          async assess(from: Observed | undefined, want: Partial<JsonObject>, { signal }: Ctx) {
            const params = { type, ...(from === undefined ? {} : { from }), want: known(want) };
            return (await callMuster(caller, methods.assess, params, "ask", signal)).assessment;
          },
        }
      : {}),
    ...(can.includes("refresh")
      ? {
          async refresh(observed: Observed, want: Partial<JsonObject>, { signal }: Ctx) {
            await callMuster(caller, methods.refresh, { type, observed, want: known(want) }, "act", signal);
          },
        }
      : {}),
    ...(can.includes("watch")
      ? { watch: (wake: () => void, signal: AbortSignal) => watchHints(caller, type, wake, signal) }
      : {}),
  };
}

function told(digests: Ctx["digests"]): Pick<Ctx, "digests"> {
  return digests === undefined ? {} : { digests };
}

function known(properties: Partial<JsonObject>): JsonObject {
  const entries = Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return Object.fromEntries(entries);
}

async function read(caller: Caller, type: string, id: string, { signal }: Ctx): Promise<Observed | undefined> {
  return (await callMuster(caller, methods.read, { type, id }, "ask", signal)).found;
}

async function* pages(caller: Caller, type: string, by: Tags, { signal }: Ctx): AsyncGenerator<readonly Observed[]> {
  let cursor: string | undefined;
  let seen = 0;
  let characters = 0;
  do {
    const params = { type, by, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = await callMuster(caller, methods.list, params, "ask", signal);
    seen += items.length;
    // A list of one page is bounded as an answer, and need not be measured.
    if (next !== undefined) characters += JSON.stringify(items).length;
    const isEndless = items.length === 0 || next === cursor || seen > MOST || characters > MOST_CHARACTERS;
    if (next !== undefined && isEndless) {
      throw providerErrorOf(caller.unusable(methods.list.name, "the list does not end"), "ask");
    }
    yield items;
    cursor = next;
  } while (cursor !== undefined);
}
