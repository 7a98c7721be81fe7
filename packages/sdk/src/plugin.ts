/** A plugin in TypeScript: what a provider or a flavor cannot do without is asked for, and all else has a default. */
import type { Effects, JsonObject, Observed, Slots, Tags, Verdict } from "@muster/model";
import type { Flavor, Member, Schema, TaggedType } from "@muster/plugin";
import { z } from "zod";
import { flavorOf, typeOf } from "./plugin-type.ts";

/** What the functions of a type are called with besides. */
export interface Call<C> {
  /** The settings of the plugin, as they were given when it was started. */
  readonly settings: C;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** One thing as it is. What is left out: it runs, and is as old as it has been seen. */
export type Item<P> = Pick<Observed<P>, "id" | "tags" | "properties"> &
  Partial<Pick<Observed<P>, "phase" | "reason" | "since">>;

/** A type of things that bear tags. What these functions throw is told to Muster by its kind. */
export interface TypeDefinition<P extends JsonObject, C> {
  readonly name: string;
  readonly summary?: string;
  readonly schema: Schema<P>;
  /** What changing a property does; a property that is not named here is had by replacing. */
  readonly effects?: Effects<P>;
  /** After a call was answered, its effect may be missing from `list` for so long, in milliseconds; 0 unless told. */
  readonly settleMs?: number;
  /** Looks are cheap and hints reliable; so it is unless told, where `watch` is there. */
  readonly local?: boolean;
  /** What two things cannot hold at once: a path, a port. */
  exclusive?(want: P): readonly string[];
  /** Everything there is, whatever its tags: complete, or it throws. */
  list(call: Call<C>): Promise<readonly Item<P>[]>;
  /** The one thing; undefined when it is gone. */
  read?(id: string, call: Call<C>): Promise<Item<P> | undefined>;
  /** Throws a `ProviderError` of kind `invalid` when this can never be made. Touches nothing. */
  validate?(want: P, call: Call<C>): Promise<void>;
  /** Makes one thing that bears these tags, and answers its id. */
  create(want: P, tags: Tags, call: Call<C>): Promise<string>;
  /** Changes what `effects` calls in-place or restart. */
  update?(from: Observed<P>, want: P, call: Call<C>): Promise<void>;
  /** Puts these tags over those of the same keys. */
  retag?(id: string, tags: Tags, call: Call<C>): Promise<void>;
  /** Returns when the thing is gone; one that is gone already is done. */
  destroy(id: string, call: Call<C>): Promise<void>;
  /** Calls `wake` when something may have changed, until the call's signal. */
  watch?(wake: () => void, call: Call<C>): void;
}

/** A flavor. What is left out is treated as `vanilla` does. */
export interface FlavorDefinition<F extends JsonObject> {
  readonly name: string;
  readonly summary?: string;
  readonly schema: Schema<F>;
  readonly effects?: Effects<F>;
  validate?(flavor: F, slots: Slots): Promise<void>;
  prepare?(want: JsonObject, member: Member, flavor: F): Promise<JsonObject>;
  health?(observed: Observed, flavor: F): Promise<Verdict>;
  drain?(observed: Observed, flavor: F, call: { readonly signal: AbortSignal }): Promise<void>;
}

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
  readonly types: readonly TaggedType[];
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
