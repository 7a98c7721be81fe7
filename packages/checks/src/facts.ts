/** What must be known to judge checks, and what a target answered. */

export interface Stat {
  /** The mode with the type in it, as the system has it. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** In seconds since 1970; undefined where the target cannot tell. */
  readonly modified: number | undefined;
}

export interface Text {
  readonly text: string;
  /** False where there is more than is read. */
  readonly whole: boolean;
}

export interface Room {
  /** In KiB. */
  readonly size: number;
  readonly free: number;
  /** Of what can be used, in percent, rounded up. */
  readonly used: number;
}

export interface Service {
  readonly exists: boolean;
  readonly running: boolean;
  readonly enabled: boolean;
}

export interface Ran {
  readonly exit: number;
  readonly stdout: Text;
  readonly stderr: Text;
  /** Its time was over. */
  readonly late: boolean;
}

/** Each kind of fact, and what it is an answer to. */
export interface FactKinds {
  /** Of a path, without following a link. */
  readonly stat: Stat;
  /** Where a symbolic link leads. */
  readonly link: string;
  /** The beginning of a file. */
  readonly read: Text;
  /** The SHA-256 of a file, in hex. */
  readonly sum: string;
  /** The names in a directory, sorted. */
  readonly names: readonly string[];
  /** Of a path: whether whoever is asked may write there; what a link leads to is asked. */
  readonly writable: boolean;
  /** Of the file system that a path lies on. */
  readonly room: Room;
  /** Of no subject (`""`): the names of all processes that have not ended, each 15 bytes at most. */
  readonly processes: readonly string[];
  /** Of no subject (`""`): interface → its addresses. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Of a name: the path of the program that is found on the PATH. */
  readonly program: string;
  /** The version of an installed package. */
  readonly package: string;
  readonly service: Service;
  /** Of a `RunQuestion` as JSON. */
  readonly run: Ran;
}

export interface RunQuestion {
  /** A text is read by `sh`; a list is run as it is. */
  readonly command: string | readonly string[];
  readonly timeoutMs: number;
}

export type Ask = keyof FactKinds;

export interface Need {
  readonly ask: Ask;
  readonly of: string;
}

/** Each question once. */
export type Needs = { readonly [A in Ask]: readonly string[] };

export type Answer<T> =
  | { readonly kind: "known"; readonly value: T }
  /** There is no such thing. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

export type Facts = { readonly [A in Ask]: ReadonlyMap<string, Answer<FactKinds[A]>> };

export const ASKS = [
  ...["stat", "link", "read", "sum", "names", "writable", "room"],
  ...["processes", "addresses", "program", "package", "service", "run"],
] as const satisfies readonly string[] as readonly Ask[];

export const NONE: Answer<never> = { kind: "none" };

export function known<T>(value: T): Answer<T> {
  return { kind: "known", value };
}

export function unanswered(why: string): Extract<Answer<never>, { kind: "unknown" }> {
  return { kind: "unknown", why };
}

export function needsOf(needs: Iterable<Need>): Needs {
  const sets: { readonly [A in Ask]: Set<string> } = {
    ...{ stat: new Set(), link: new Set(), read: new Set(), sum: new Set(), names: new Set(), room: new Set() },
    ...{ processes: new Set(), addresses: new Set(), package: new Set(), service: new Set(), run: new Set() },
    ...{ writable: new Set(), program: new Set() },
  };
  for (const { ask, of } of needs) sets[ask].add(of);
  return onlyOf(ASKS, (ask) => [...sets[ask]]);
}

/** The same needs, of these asks only. */
export function only(needs: Needs, asks: readonly Ask[]): Needs {
  return onlyOf(ASKS, (ask) => (asks.includes(ask) ? needs[ask] : []));
}

export function isNothing(needs: Needs): boolean {
  return ASKS.every((ask) => needs[ask].length === 0);
}

function onlyOf(asks: readonly Ask[], of: (ask: Ask) => readonly string[]): Needs {
  const nothing = { stat: [], link: [], read: [], sum: [], names: [], room: [], processes: [], addresses: [] };
  const more = { writable: [], program: [], package: [], service: [], run: [] };
  return { ...nothing, ...more, ...Object.fromEntries(asks.map((ask) => [ask, of(ask)])) };
}

/** Answers as they come in. */
export type FactsInTheMaking = { readonly [A in Ask]: Map<string, Answer<FactKinds[A]>> };

export function noFacts(): FactsInTheMaking {
  return {
    ...{ stat: new Map(), link: new Map(), read: new Map(), sum: new Map(), names: new Map(), room: new Map() },
    ...{ processes: new Map(), addresses: new Map(), package: new Map(), service: new Map(), run: new Map() },
    ...{ writable: new Map(), program: new Map() },
  };
}

/** What was asked and not answered is unknown, for this reason. */
export function fillIn(facts: FactsInTheMaking, needs: Needs, why: string): Facts {
  for (const ask of ASKS) for (const of of needs[ask]) if (!facts[ask].has(of)) facts[ask].set(of, unanswered(why));
  return facts;
}

export function factOf<A extends Ask>(facts: Facts, ask: A, of: string): Answer<FactKinds[A]> {
  return facts[ask].get(of) ?? unanswered("it was not asked");
}
