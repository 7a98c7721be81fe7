/**
 * What a provider and a flavor are. Everything Muster manages comes in through these types: built-in, from a plugin
 * process of Muster's own kind, or from one that was written for InfraKit.
 *
 * docs/decisions/0001-contract.md pushes every kind of thing through them and says why they are as they are.
 */
import type { Document, Effect, Effects, JsonObject, Observed, Price, Slots, Tags, Verdict } from "@muster/model";
import type { ZodType } from "zod";

/** What values there may be: a zod schema. It travels as JSON Schema. */
export type Schema<P> = ZodType<P>;

/** What comes from outside: given in, so that everything can be simulated. */
export interface Io {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** What a call is made with. */
export interface Ctx {
  /** Aborted when nobody waits for the answer any more. What has begun may be finished. */
  readonly signal: AbortSignal;
  /**
   * Of each property that is never shown again (`unreadable`), a digest of it as it is declared: to be kept with the thing
   * that is made or changed, and shown as `Observed.digests`. Missing for members of groups: their revision tells.
   */
  readonly digests?: Readonly<Record<string, string>>;
}

interface TypeBase<P extends object, C extends object> {
  readonly name: string;
  /** One line for lists and the reference. */
  readonly summary: string;
  readonly schema: Schema<P>;
  /** What the provider is opened with: a directory, an account. */
  readonly settings: Schema<C>;
  /** What changing a property does; a property that is not named here is had by replacing. */
  readonly effects: Effects<P>;
  /** After a call was answered, its effect may be missing from a list for so long, in milliseconds. */
  readonly settleMs: number;
  /** Looks are cheap and hints reliable: nothing needs to be waited for. */
  readonly local: boolean;
  /**
   * A new thing may need so long to come up, in milliseconds: until then one that fails is still called starting. Missing:
   * none where it is local, and a minute elsewhere. A declaration can say otherwise (`initialDelay`).
   */
  readonly startupMs?: number;
  /** The word under which settings can be declared for it and its kin alike: `digitalocean`. Missing: its own name only. */
  readonly family?: string;
  /** What can be read of its things and never declared: an address that was handed out, a price. */
  readonly outputs?: Schema<object>;
  /** Properties whose change can never be taken back. */
  readonly irreversible?: readonly (keyof P & string)[];
  /** Its providers have `assess`: whoever declares a group of it is asked for their word first. */
  readonly assesses?: true;
  /** Properties that are never shown again. They are compared by their digests (`Ctx.digests`), and do not drift. */
  readonly unreadable?: readonly (keyof P & string)[];
  /** Properties that are lists whose order means nothing. */
  readonly unordered?: readonly (keyof P & string)[];
  /**
   * What a thing rests on, in the words of `exclusive`: whoever holds one of them comes before it. Of a resource,
   * both are also asked before everything is known: what is not yet is missing then.
   */
  restsOn?(want: P): readonly string[];
  /** What two things cannot hold at once: a path, a port. Two that name the same never stand side by side. */
  exclusive?(want: P): readonly string[];
  /** Its things listen on ports of this machine: each member of a group is given one of its own as `${self.port}`. */
  readonly ports?: boolean;
  /** What can be done to its things to find out about them, beside logs, commands and a console. */
  readonly tools?: readonly Tool[];
}

/** A type whose things bear tags; their ids are handed out by the provider. */
export interface TaggedType<P extends object = JsonObject, C extends object = JsonObject> extends TypeBase<P, C> {
  readonly known: "tags";
  /**
   * The property that bears the name of a resource. Names may not be unique: a thing without a mark is taken for the resource
   * where it is the only one of that name. Missing: its things are made, and never found by a name.
   */
  readonly naming?: keyof P & string;
  open(settings: C, io: Io): Promise<TaggedProvider<P>>;
  /** For whoever only looks: nothing is made by it, and what is not there holds nothing. Missing where `open` is so. */
  openToLook?(settings: C, io: Io): Promise<TaggedProvider<P>>;
}

/** A type whose things cannot bear tags; the property `naming` is their id, and a claim in the store says whose they are. */
export interface ClaimedType<P extends object = JsonObject, C extends object = JsonObject> extends TypeBase<P, C> {
  readonly known: "claim";
  readonly naming: keyof P & string;
  open(settings: C, io: Io): Promise<ClaimedProvider<P>>;
}

export type Type<P extends object = JsonObject, C extends object = JsonObject> = TaggedType<P, C> | ClaimedType<P, C>;

/**
 * A type of which nothing stays: something is to be done, where it is due. A resource can be of it, a group cannot, and a
 * plugin cannot bring one.
 */
export interface TaskType<P extends object = JsonObject, C extends object = JsonObject>
  extends Pick<TypeBase<P, C>, "name" | "summary" | "schema" | "settings" | "restsOn"> {
  readonly known: "task";
  /** The property that is its name. */
  readonly naming: string;
  open(settings: C, io: Io): Promise<TaskProvider<P>>;
}

export interface TaskProvider<P extends object = JsonObject> {
  readonly scope: string;
  /** Throws `invalid` when this can never be done. Touches nothing. */
  validate?(want: P): Promise<void>;
  /** Why it is due, in a few words; undefined where it is not. Changes nothing. */
  due(want: P, ctx: Ctx): Promise<string | undefined>;
  /** Does it. Also asked where it is not due, when something it was to be told of has changed. */
  run(want: P, ctx: Ctx): Promise<void>;
  close?(): Promise<void>;
}

export type ResourceType = Type | TaskType;

/** Every failure is a `ProviderError`; anything else that is thrown counts as `unknown`. */
interface ProviderBase<P extends object> {
  /** The host, directory, engine or account that the ids are unique in: for a person to read. */
  readonly scope: string;
  /** Throws `invalid` when this can never be made. Touches nothing. */
  validate?(want: P): Promise<void>;
  /**
   * Where a property is a name that can come to mean something else (an image's), that property as what it means now. Asked
   * when a group is declared: its revision hangs on the answer. Not asked over a plugin's socket.
   */
  pin?(want: P): Promise<JsonObject>;
  /**
   * What a step would mean, as only the provider knows it: asked where a resource or a member of a group is to be made or
   * differs. Reads only. Throws `invalid` when it can never be so.
   *
   * @param from what is there; undefined: it is to be made
   */
  assess?(from: Observed<P> | undefined, want: Partial<P>, ctx: Ctx): Promise<Assessment>;
  /** What is done when something that a resource was to be told of (`notify`) has changed. */
  refresh?(observed: Observed<P>, want: Partial<P>, ctx: Ctx): Promise<void>;
  /** Makes one thing that bears these tags. Throws `conflict` when its name is taken by something else. */
  create(want: P, tags: Tags, ctx: Ctx): Promise<{ readonly id: string }>;
  /** Changes what `effects` calls in-place or restart. */
  update?(from: Observed<P>, want: P, ctx: Ctx): Promise<void>;
  /** Returns when the thing is gone; one that is gone already is done. */
  destroy(id: string, ctx: Ctx): Promise<void>;
  /** Calls `wake` when something may have changed, until the signal. May wake too often, too early, or never. */
  watch?(wake: () => void, signal: AbortSignal): void;
  /** Lets go of what `open` took hold of. The things stay. */
  close?(): Promise<void>;
  /**
   * What the thing has printed, as bytes, oldest first; also of one that has ended. With `follow` it goes on until the thing
   * has ended or the signal is aborted. Throws `invalid` where there is no such thing.
   */
  logs?(id: string, asked: LogsAsked, ctx: Ctx): AsyncIterable<Uint8Array>;
  /**
   * Runs a command where the thing runs, as it sees the world: its user, its environment, its directory. Without a shell.
   * Throws `invalid` where there is no such thing, where it does not run, or where there is no such command.
   */
  exec?(id: string, asked: ExecAsked, ctx: Ctx): Promise<Execution>;
  /**
   * What the thing shows on its console, as `logs`; what is given as `input` is typed there. Throws `invalid` where there is
   * no such thing.
   */
  console?(id: string, asked: ConsoleAsked, ctx: Ctx): AsyncIterable<Uint8Array>;
  /**
   * Uses one of the type's `tools` on the thing, and gives what comes of it, as bytes. Throws `invalid` where there is no such
   * thing, or it cannot be used on it as it is.
   */
  tool?(id: string, asked: ToolAsked, ctx: Ctx): AsyncIterable<Uint8Array>;
}

/** What is known of one step beside the effects of its type. */
export interface Assessment {
  /** By property: its change has another effect, from what it is to what it is to be. */
  readonly effects?: Readonly<Record<string, AssessedEffect>>;
  /** The thing is away for about so long, in milliseconds. */
  readonly downtimeMs?: number;
  readonly price?: Price;
}

export interface AssessedEffect {
  readonly effect: Effect;
  readonly irreversible?: true;
  /** Why, in a sentence for a person. */
  readonly reason: string;
  /** The way out of what is `impossible`. */
  readonly next?: string;
}

export interface LogsAsked {
  /** Only the last so many lines of what is there; missing: all of it. */
  readonly lines?: number;
  readonly follow: boolean;
}

export interface ConsoleAsked extends LogsAsked {
  /** What is typed; missing: nothing. Without `follow` the console is shown until all of it has been typed. */
  readonly input?: AsyncIterable<Uint8Array>;
}

/**
 * What can be done to a thing to find out about it. `pause` halts it where it stands, `continue` lets it go on. `stats` gives
 * a JSON object of what it uses. `trace` gives what goes over its network, as pcap, until the signal. `core` gives its memory,
 * as an ELF core. `gdb` opens a door for a debugger, and tells the command. `link` (`up`, `down`) puts its cable in or out.
 * `snapshot` (a name) keeps how it is, `restore` (a name) takes it back there.
 */
export const TOOLS = ["pause", "continue", "stats", "trace", "core", "gdb", "link", "snapshot", "restore"] as const;
export type Tool = (typeof TOOLS)[number];

export interface ToolAsked {
  readonly tool: Tool;
  /** What `link`, `snapshot` and `restore` are told. */
  readonly argument?: string;
}

export interface ExecAsked {
  readonly command: readonly [string, ...string[]];
  /** What the command reads; missing: nothing. */
  readonly input?: AsyncIterable<Uint8Array>;
}

/** A command that was begun. Who reads no `output` holds it up; the signal that it was begun with ends it. */
export interface Execution {
  readonly output: AsyncIterable<Printed>;
  /** Resolves when it has ended, after the last of its output was read. */
  readonly ended: Promise<Exit>;
}

export interface Printed {
  readonly stream: "out" | "err";
  readonly bytes: Uint8Array;
}

/** How a program ended: by itself, or by a signal (`SIGTERM`). */
export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: string };

export interface TaggedProvider<P extends object = JsonObject> extends ProviderBase<P> {
  readonly known: "tags";
  /** Everything that bears these tags, in pages of any length: complete, or it throws. */
  list(by: Tags, ctx: Ctx): AsyncIterable<readonly Observed<P>[]>;
  /** The one thing; undefined when it is gone. */
  read?(id: string, ctx: Ctx): Promise<Observed<P> | undefined>;
  /** Puts these tags on a thing that is there, over those of the same keys; the others stay. InfraKit's clients ask for it. */
  retag?(id: string, tags: Tags, ctx: Ctx): Promise<void>;
}

export interface ClaimedProvider<P extends object = JsonObject> extends ProviderBase<P> {
  readonly known: "claim";
  read(id: string, ctx: Ctx): Promise<Observed<P> | undefined>;
  /** Everything in its scope, in pages of any length: complete, or it throws. Missing where nobody could tell. */
  list?(ctx: Ctx): AsyncIterable<readonly Observed<P>[]>;
}

export type Provider<P extends object = JsonObject> = TaggedProvider<P> | ClaimedProvider<P>;

/** The member that a flavor is asked about. */
export interface Member {
  readonly stack: string;
  readonly group: string;
  readonly slot: string;
  readonly slots: Slots;
}

/** How members of a group are treated. What is left out is treated as `vanilla` does. */
export interface Flavor<F extends object = JsonObject> {
  readonly name: string;
  readonly summary: string;
  readonly schema: Schema<F>;
  /** `replace` (the default) for what `prepare` puts into a member, `in-place` for what only treats it. */
  readonly effects: Effects<F>;
  /**
   * What of these properties is had by replacing the members, where `effects` cannot tell: it stands in the revision. Not
   * asked over a plugin's socket: a plugin's flavor has its `effects`.
   */
  replacing?(flavor: F): JsonObject;
  /** Throws `invalid` when a group of these slots cannot be treated so. */
  validate?(flavor: F, slots: Slots): Promise<void>;
  /**
   * The properties that `prepare` may add to a template: a group of a type that has no such ones is refused when it is declared.
   * Not asked over a plugin's socket: there it is found out when a member is made.
   */
  adds?(flavor: F): readonly string[];
  /** What to make, when a create runs: the template with what this member needs besides. */
  prepare?(want: JsonObject, member: Member, flavor: F): Promise<JsonObject>;
  /** In `flavor` and in the template the member's own words (`${self.port}`) have been put in already. */
  health?(observed: Observed, flavor: F): Promise<Verdict>;
  /** What is done once right after a member was made. Where it throws, the member is taken away again. */
  started?(observed: Observed, flavor: F, ctx: Ctx): Promise<void>;
  /** Returns when the member may be destroyed. The signal is the deadline. */
  drain?(observed: Observed, flavor: F, ctx: Ctx): Promise<void>;
}

/**
 * `retryable`: may work later. `denied`: no right to. `invalid`: never. `conflict`: the name is taken by something that
 * is not ours. `no-space`: no room. `unavailable`: nobody was reached, so nothing was done. `unknown`: it may have been
 * done; look before trying again.
 */
export const FAILURE_KINDS = [
  "retryable",
  "denied",
  "invalid",
  "conflict",
  "no-space",
  "unavailable",
  "unknown",
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface ProviderErrorOptions extends ErrorOptions {
  readonly property?: string;
}

export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly kind: FailureKind;
  /** Of what is `invalid`, the property that is at fault: missing where there is none, or it is not known. */
  readonly property?: string;

  constructor(kind: FailureKind, message: string, options: ProviderErrorOptions = {}) {
    super(message, options);
    this.kind = kind;
    if (options.property !== undefined) this.property = options.property;
  }
}

/** Whatever was thrown, as a ProviderError. */
export function asProviderError(thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  return new ProviderError("unknown", thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}

/** Where types and flavors are found by name. What is there can come and go while Muster runs. */
export interface Catalog {
  /** In an InfraKit document a name means a plugin's socket, and `file` means `instance-file`. */
  type(name: string, dialect: Document["dialect"]): Type | undefined;
  flavor(name: string, dialect: Document["dialect"]): Flavor | undefined;
  /** Missing where there are no tasks. */
  task?(name: string): TaskType | undefined;
  taskNames?(): readonly string[];
  typeNames(): readonly string[];
  flavorNames(): readonly string[];
  /** Calls `listener` after something came, went or was replaced; returns the end of it. */
  onChange(listener: () => void): () => void;
}
