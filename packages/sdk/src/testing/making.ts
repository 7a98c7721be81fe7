/** How a simulated thing comes to be, and how it is seen: by what its type says of it, and by nothing else. */
import { type JsonObject, type Observed, ownOf, type Tags } from "@muster/model";
import { ProviderError, type Schema, type Type } from "@muster/plugin";
import { z } from "zod";
import { outputsOf } from "./outputs.ts";
import type { Thing, Things } from "./things.ts";

export interface Stage {
  readonly things: Things;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Maker {
  /** Throws ProviderError `invalid` where its schema refuses it, and `conflict`. */
  make(scope: string, want: JsonObject, tags: Tags, digests: Observed["digests"]): Thing;
  /** These properties over those that it has; one that is undefined is taken away. Throws ProviderError `conflict`. */
  change(thing: Thing, properties: Partial<JsonObject>, digests: Observed["digests"]): void;
  /** As its provider shows it. */
  seen(thing: Thing): Observed;
}

export function makerOf(type: Type, { things, now }: Stage): Maker {
  const { name, schema, unreadable = [] } = type;
  const makeUp = outputsOf(type.outputs);
  let made = 0;

  function held(scope: string, properties: JsonObject): readonly string[] {
    const words = type.exclusive?.(properties) ?? [];
    return words.map((word) => (type.local ? word : `${scope}\n${word}`));
  }

  function withDigests(digests: Observed["digests"]): Pick<Thing, "digests"> {
    return digests === undefined ? {} : { digests };
  }

  return {
    make(scope, want, tags, digests) {
      // What is written counts, and not what a schema makes of it: it is what will be compared.
      const properties = { ...read(name, schema, want), ...want };
      const number = made + 1;
      const id = type.known === "claim" ? String(ownOf(properties, type.naming)) : `${name}-${number}`;
      const thing: Thing = {
        ...{ type: name, scope, id, tags, since: now(), holds: held(scope, properties) },
        properties: { ...makeUp(id, number), ...properties },
        ...withDigests(digests),
      };
      things.add(thing);
      made = number;
      return thing;
    },
    change(thing, changes, digests) {
      const properties = plain({ ...thing.properties, ...changes });
      const all = digests === undefined ? thing.digests : { ...thing.digests, ...digests };
      things.replace({ ...thing, properties, holds: held(thing.scope, properties), ...withDigests(all) });
    },
    seen({ id, tags, properties, digests, since }) {
      const shown = Object.entries(properties).filter(([key]) => !unreadable.includes(key));
      return { id, tags, phase: "running", properties: Object.fromEntries(shown), since, ...withDigests(digests) };
    },
  };
}

function read(name: string, schema: Schema<JsonObject>, want: JsonObject): JsonObject {
  const result = schema.safeParse(want);
  if (result.success) return plain(result.data);
  throw new ProviderError("invalid", `${name}: ${z.prettifyError(result.error)}`);
}

function plain(properties: object): JsonObject {
  const known = Object.entries(properties).filter(([, value]) => value !== undefined);
  return anything.parse(Object.fromEntries(known));
}

const anything = z.record(z.string(), z.json());
