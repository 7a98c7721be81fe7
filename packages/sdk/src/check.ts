/**
 * Checks in TypeScript: `check.http("http://127.0.0.1:8080/").status(200).body.contains("Hello")`. What comes of them is the
 * same plain data that YAML has under `checks`. The table of kinds says what there is: a new kind is here at once.
 */
import { KINDS, type Kind, type KindName, type Kinds, type Status, type WORDS, wordsOf } from "@muster/checks";
import type { Json, JsonObject } from "@muster/model";

type Words = typeof WORDS;
type ValueKind = Kind["properties"][string]["is"] | "any";

interface Plain {
  readonly flag: boolean;
  readonly number: number;
  readonly status: Status | readonly Status[];
  readonly text: string;
  readonly content: string;
  readonly texts: readonly string[];
  readonly moment: never;
  readonly record: Readonly<Record<string, MatcherOf<"text">>>;
  readonly any: Json;
}

/** What is written after a word. */
interface After<Is extends ValueKind> {
  readonly not: MatcherOf<Is>;
  readonly min: number;
  readonly max: number;
  readonly between: readonly [number, number];
  readonly matches: string;
  readonly contains: string;
  readonly containsAll: readonly string[];
  readonly oneOf: readonly (Is extends "status" ? number : Plain[Is])[];
  readonly length: MatcherOf<"number">;
  readonly sorted: boolean;
  readonly any: MatcherOf<"text">;
  readonly all: MatcherOf<"text">;
  readonly none: MatcherOf<"text">;
  readonly since: string;
  readonly json: JsonObject;
  readonly yaml: JsonObject;
  readonly ini: JsonObject;
}

type WordsOf<Is extends ValueKind> = {
  readonly [Word in keyof Words]: Is extends Words[Word]["of"][number] ? Word : never;
}[keyof Words];

/** What must hold of a value: the value itself, or words of which all must hold. */
export type MatcherOf<Is extends ValueKind> = Plain[Is] | { readonly [Word in WordsOf<Is>]?: After<Is>[Word] };

/** How one property is spoken of. */
type Say<Is extends ValueKind, Next> = Is extends "flag"
  ? (is?: boolean) => Next
  : ((must: MatcherOf<Is>) => Next) & { readonly [Word in WordsOf<Is>]: (after: After<Is>[Word]) => Next };

/** What stands in a list of checks. */
export interface CheckEntry {
  readonly [key: string]: unknown;
}

type PropertyOf<Name extends KindName> = keyof Kinds[Name]["properties"];

/** A check of which more can be said: of each property once. */
export type CheckOf<Name extends KindName, Left extends PropertyOf<Name> = PropertyOf<Name>> = CheckEntry & {
  readonly [Property in Left]: Kinds[Name]["properties"][Property] extends { readonly is: infer Is extends ValueKind }
    ? Say<Is, CheckOf<Name, Exclude<Left, Property>>>
    : never;
};

type OptionsOf<Name extends KindName> = {
  readonly [Option in keyof Kinds[Name]["options"]]?: Kinds[Name]["options"][Option] extends {
    readonly is: infer Is;
  }
    ? Is extends readonly (infer Word)[]
      ? Word
      : Is extends "texts by name"
        ? Readonly<Record<string, string>>
        : string
    : never;
} & { readonly title?: string };

type Asks<Name extends KindName, Subject = string> = (subject: Subject, options?: OptionsOf<Name>) => CheckOf<Name>;

/** A check of a thing of any type, of which more can be said: of each property once. */
export type ResourceCheck = CheckEntry & {
  exists(is?: boolean): ResourceCheck;
  /** Which properties there are, and what they can be, its type says when the checks are read. */
  property(name: string, must: MatcherOf<"any"> | Readonly<Record<string, MatcherOf<"text">>>): ResourceCheck;
};

/** The kinds of checks, by what they ask. */
export const check: {
  /** Whether a connection is taken at `HOST:PORT`. */
  readonly addr: Asks<"addr">;
  /** The certificate that `HOST:PORT` shows. */
  readonly certificate: Asks<"certificate">;
  /** A command that is run at the target: a list, or a text that `sh` reads. */
  readonly command: Asks<"command", string | readonly string[]>;
  /** A container of Docker or Podman. */
  readonly container: Asks<"container">;
  readonly directory: Asks<"directory">;
  /** The room on the file system that a path lies on. */
  readonly disk: Asks<"disk">;
  /** What a name resolves to. */
  readonly dns: Asks<"dns">;
  readonly file: Asks<"file">;
  readonly group: Asks<"group">;
  /** What a server answers. */
  readonly http: Asks<"http">;
  /** A network interface. */
  readonly interface: Asks<"interface">;
  readonly kernelParam: Asks<"kernel-param">;
  readonly mount: Asks<"mount">;
  readonly package: Asks<"package">;
  /** A port of the target, as its kernel knows it. */
  readonly port: Asks<"port", number | string>;
  readonly process: Asks<"process">;
  /** A thing of any type of Muster's, by its name or id: `check.resource("droplet", "web-1")`. In a file of checks. */
  readonly resource: (type: string, name: string, options?: { readonly title?: string }) => ResourceCheck;
  /** A program on the PATH. */
  readonly program: Asks<"program">;
  readonly service: Asks<"service">;
  readonly user: Asks<"user">;
} = {
  addr: asks("addr"),
  certificate: asks("certificate"),
  command: asks("command"),
  container: asks("container"),
  directory: asks("directory"),
  disk: asks("disk"),
  dns: asks("dns"),
  file: asks("file"),
  group: asks("group"),
  http: asks("http"),
  interface: asks("interface"),
  kernelParam: asks("kernel-param"),
  mount: asks("mount"),
  package: asks("package"),
  port: asks("port"),
  process: asks("process"),
  resource: (type, name, options) => resourceEntry({ [type]: name, ...plain(options) }),
  program: asks("program"),
  service: asks("service"),
  user: asks("user"),
};

function asks<Name extends KindName, Subject extends Json>(name: Name): Asks<Name, Subject> {
  const properties: Kind["properties"] = KINDS[name].properties;
  return (subject, options) => entryOf<Name>(properties, { [name]: subject, ...plain(options) });
}

function plain(options: object | undefined): JsonObject {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}

/** The data; and beside it, where nobody who reads data sees it, what can still be said. */
function entryOf<Name extends KindName>(properties: Kind["properties"], data: JsonObject): CheckOf<Name> {
  const entry: object = { ...data };
  for (const [property, { is }] of Object.entries(properties)) {
    if (Object.hasOwn(data, property)) continue;
    const say = (must: Json = true) => entryOf<Name>(properties, { ...data, [property]: must });
    for (const word of wordsOf(is)) {
      // Every function has a `length` already.
      Object.defineProperty(say, word, { value: (after: Json) => say({ [word]: after }) });
    }
    Object.defineProperty(entry, property, { value: say });
  }
  return entry as CheckOf<Name>;
}

function resourceEntry(data: JsonObject): ResourceCheck {
  const say = (property: string, must: Json): ResourceCheck => {
    if (Object.hasOwn(data, property)) throw new RangeError(`\`${property}\` is said twice`);
    return resourceEntry({ ...data, [property]: must });
  };
  const entry: CheckEntry = { ...data };
  const ways = {
    exists: { value: (is = true) => say("exists", is) },
    property: { value: (name: string, must: Json) => say(name, must) },
  };
  // Beside the data, where nobody who reads it sees what can still be said.
  const left = Object.entries(ways).filter(([word]) => !Object.hasOwn(data, word));
  return Object.defineProperties(entry, Object.fromEntries(left)) as ResourceCheck;
}
