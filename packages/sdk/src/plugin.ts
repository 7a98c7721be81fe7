/** A plugin in TypeScript: what a provider or a flavor cannot do without is asked for, and all else has a default. */
import type { JsonObject } from "@muster/model";
import type { Flavor, Schema, Type } from "@muster/plugin";
import { z } from "zod";
import type { FlavorDefinition, TypeDefinition } from "./plugin-definition.ts";
import { flavorOf, typeOf } from "./plugin-type.ts";

export interface PluginDefinition<
  C extends JsonObject,
  Ps extends readonly JsonObject[],
  Fs extends readonly JsonObject[],
> {
  /** The name of its socket, unless another is given when it is run. */
  readonly name: string;
  readonly version?: string;
  /** What it is started with; nothing unless told. */
  readonly settings?: Schema<C>;
  /** Makes ready, once: a directory, a connection. */
  open?(settings: C): Promise<unknown>;
  readonly types?: { readonly [K in keyof Ps]: TypeDefinition<Ps[K], C> };
  readonly flavors?: { readonly [K in keyof Fs]: FlavorDefinition<Fs[K]> };
}

/** A plugin in the terms of the contract, to be opened and served. */
export interface DefinedPlugin {
  readonly name: string;
  readonly version: string;
  readonly settings: Schema<JsonObject>;
  readonly types: readonly Type[];
  readonly flavors: readonly Flavor[];
}

const NO_SETTINGS: Schema<JsonObject> = z.strictObject({});

/** A plugin: `export default definePlugin({ name: "…", types: [{ … }] })`. `muster plugin run FILE` runs it. */
export function definePlugin<
  C extends JsonObject = Record<never, never>,
  const Ps extends readonly JsonObject[] = [],
  const Fs extends readonly JsonObject[] = [],
>(plugin: PluginDefinition<C, Ps, Fs>): DefinedPlugin {
  const { name, version = "0.0.0", types = [], flavors = [] } = plugin;
  const definitions: readonly TypeDefinition<JsonObject, C>[] = types;
  // Without a schema of its own C is the empty object, which the compiler cannot know.
  const settings = plugin.settings ?? (NO_SETTINGS as Schema<C>);
  let ready: Promise<unknown> | undefined;
  const opened = (given: C) => (ready ??= plugin.open?.(given) ?? Promise.resolve());
  return {
    name,
    version,
    settings,
    types: definitions.map((each) => typeOf(each, name, settings, opened)),
    flavors: flavors.map((each: FlavorDefinition<JsonObject>) => flavorOf(each)),
  };
}
