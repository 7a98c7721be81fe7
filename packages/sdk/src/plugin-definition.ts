/** What a plugin's author writes: a type and a flavor, with everything that has a default left out. */
import type { Effects, JsonObject, Observed, Slots, Tags, Verdict } from "@muster/model";
import type { ConsoleAsked, ExecAsked, Execution, LogsAsked, Member, Schema, Tool, ToolAsked } from "@muster/plugin";

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
  /** Its things listen on ports of this machine: each is given one of its own as `${self.port}`. */
  readonly ports?: boolean;
  /** How long a new thing may need to come up, in milliseconds: until then one that fails is called starting. */
  readonly startupMs?: number;
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
  /** What the thing has printed, oldest first. Throws a `ProviderError` of kind `invalid` where there is no such thing. */
  logs?(id: string, asked: LogsAsked, call: Call<C>): AsyncIterable<Uint8Array>;
  /** Runs a command where the thing runs. Throws one of kind `invalid` where it cannot be started. */
  exec?(id: string, asked: ExecAsked, call: Call<C>): Promise<Execution>;
  /** What the thing shows on its console, as `logs`; what is given as `input` is typed there. */
  console?(id: string, asked: ConsoleAsked, call: Call<C>): AsyncIterable<Uint8Array>;
  /** What `tool` can do; no other is asked of it, and none is told what it does not take. */
  readonly tools?: readonly Tool[];
  /** Uses a tool on the thing. Throws one of kind `invalid` where there is no such thing, or it cannot be used on it as it is. */
  tool?(id: string, asked: ToolAsked, call: Call<C>): AsyncIterable<Uint8Array>;
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
  started?(observed: Observed, flavor: F, call: { readonly signal: AbortSignal }): Promise<void>;
  drain?(observed: Observed, flavor: F, call: { readonly signal: AbortSignal }): Promise<void>;
}
