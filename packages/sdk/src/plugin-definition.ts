/** What a plugin's author writes: a type and a flavor, with everything that has a default left out. */
import type { Effects, JsonObject, Observed, Slots, Tags, Verdict } from "@muster/model";
import type {
  Assessment,
  ConsoleAsked,
  ExecAsked,
  Execution,
  LogsAsked,
  Member,
  Schema,
  Tool,
  ToolAsked,
} from "@muster/plugin";

/** What the functions of a type are called with besides. */
export interface Call<C> {
  /** The settings of the plugin, as they were given when it was started. */
  readonly settings: C;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /**
   * When a resource is made or changed: of each property that is never shown again (`unreadable`), a digest of it as it is
   * declared. To be kept with the thing, and shown as `digests`.
   */
  readonly digests?: Readonly<Record<string, string>>;
}

/** One thing that is known by its name, as it is. What is left out: it runs, and is as old as it has been seen. */
export interface NamedItem<P> extends Partial<Pick<Observed, "digests" | "phase" | "reason" | "since">> {
  readonly id: string;
  /** What could be read of the properties. */
  readonly properties: Partial<P>;
  /** What can only be read, as the type's `outputs` say it. */
  readonly outputs?: JsonObject;
}

/** One thing that bears tags, as it is. */
export interface Item<P> extends NamedItem<P> {
  readonly tags: Tags;
}

/** What these functions throw is told to Muster by its kind. */
interface Definition<P extends JsonObject, C> {
  readonly name: string;
  readonly summary?: string;
  readonly schema: Schema<P>;
  /** What changing a property does; a property that is not named here is had by replacing. */
  readonly effects?: Effects<P>;
  /** What can be read of its things and never declared, for others to refer to: an address, a count. */
  readonly outputs?: Schema<object>;
  /** Properties whose change can never be taken back: it is made only where somebody agrees. `assess` can say when it can. */
  readonly irreversible?: readonly (keyof P & string)[];
  /** Properties that are never shown again. They are compared by their digests (`Call.digests`), and do not drift. */
  readonly unreadable?: readonly (keyof P & string)[];
  /** Properties that are lists whose order means nothing. */
  readonly unordered?: readonly (keyof P & string)[];
  /** After a call was answered, its effect may be missing from `list` for so long, in milliseconds; 0 unless told. */
  readonly settleMs?: number;
  /** Looks are cheap and hints reliable; so it is unless told, where `watch` is there. */
  readonly local?: boolean;
  /** Its things listen on ports of this machine: each is given one of its own as `${self.port}`. */
  readonly ports?: boolean;
  /** How long a new thing may need to come up, in milliseconds: until then one that fails is called starting. */
  readonly startupMs?: number;
  /** The word that it and its kin have settings under, in a stack. */
  readonly family?: string;
  /** What two things cannot hold at once: a path, a port. */
  exclusive?(want: P): readonly string[];
  /** Throws a `ProviderError` of kind `invalid` when this can never be made. Touches nothing. */
  validate?(want: P, call: Call<C>): Promise<void>;
  /** Changes what `effects` calls in-place or restart. What is not declared is as it was seen. */
  update?(from: Observed<P>, want: P, call: Call<C>): Promise<void>;
  /** Returns when the thing is gone; one that is gone already is done. */
  destroy(id: string, call: Call<C>): Promise<void>;
  /**
   * What a step would mean, where the values tell more than `effects`: asked where a resource is to be made (`from` is
   * undefined) or differs. Reads only. Throws a `ProviderError` of kind `invalid` when it can never be so.
   */
  assess?(from: Observed<P> | undefined, want: Partial<P>, call: Call<C>): Promise<Assessment>;
  /** What is done when something has changed that a resource was to be told of (`notify`). */
  refresh?(observed: Observed<P>, want: Partial<P>, call: Call<C>): Promise<void>;
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

/** A type of things that bear tags. */
export interface TaggedDefinition<P extends JsonObject, C> extends Definition<P, C> {
  readonly known?: "tags";
  /** The property that bears the name of a resource. */
  readonly naming?: keyof P & string;
  /** Everything there is, whatever its tags: complete, or it throws. */
  list(call: Call<C>): Promise<readonly Item<P>[]>;
  /** The one thing; undefined when it is gone. */
  read?(id: string, call: Call<C>): Promise<Item<P> | undefined>;
  /** Makes one thing that bears these tags, and answers its id. */
  create(want: P, tags: Tags, call: Call<C>): Promise<string>;
  /** Puts these tags over those of the same keys. */
  retag?(id: string, tags: Tags, call: Call<C>): Promise<void>;
}

/** A type of things that cannot bear tags: a property is their name, and Muster writes down whose they are. */
export interface ClaimedDefinition<P extends JsonObject, C> extends Definition<P, C> {
  readonly known: "claim";
  /** The property that is the name: no two things have the same, and it is the id as well. */
  readonly naming: keyof P & string;
  /** The one thing; undefined when there is none. */
  read(id: string, call: Call<C>): Promise<NamedItem<P> | undefined>;
  /** Everything there is, whoever made it: complete, or it throws. Left out where nobody can tell. */
  list?(call: Call<C>): Promise<readonly NamedItem<P>[]>;
  /** Makes one thing. Throws a `ProviderError` of kind `conflict` where its name is taken. */
  create(want: P, call: Call<C>): Promise<unknown>;
}

export type TypeDefinition<P extends JsonObject, C> = TaggedDefinition<P, C> | ClaimedDefinition<P, C>;

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
