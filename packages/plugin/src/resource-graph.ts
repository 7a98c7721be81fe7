/**
 * What of a stack's resources must come before what. Pure, and one pass: a stack may have ten thousand of them.
 *
 * Things that are to be gone go in the opposite order: whoever rests on something is destroyed before it. What makes room
 * for another (it is to be gone, and holds the same word) comes before that one.
 */
import { type Address, type Graph, type ResourceDeclaration, resourceReferencesIn, type Stack } from "@muster/model";
import type { ResourceType } from "./contract.ts";
import { plainlyKnown, wantedOf } from "./resource-properties.ts";

/** Why one resource comes before another. */
export type ResourceEdge = Edge &
  (
    | { readonly kind: "dependsOn" | "notify" }
    /** `property`: the one at the top that the reference stands in. */
    | { readonly kind: "reference"; readonly property: string }
    /** `word`: what both speak of: a path, a port. */
    | { readonly kind: "restsOn"; readonly word: string }
    | { readonly kind: "makesRoom"; readonly word: string }
  );

interface Edge {
  /** The one whose declaration says so. */
  readonly by: Address;
  /** Whom it speaks of. */
  readonly of: Address;
  /** Which of the two comes before the other. */
  readonly first: Address;
}

/** The type of a resource; undefined where there is none. */
export type TypeOf = (resource: ResourceDeclaration) => ResourceType | undefined;

/** Each resource, and those that must come before it. Without rings where the stack was checked. */
export function resourceGraph(resources: Stack["resources"], typeOf: TypeOf): Graph {
  return graphOf(resources, resourceEdges(resources, typeOf));
}

/** The same, of edges that are known already. */
export function graphOf(resources: Stack["resources"], edges: readonly ResourceEdge[]): Graph {
  const graph = new Map<Address, Set<Address>>(Object.keys(resources).map((address) => [address, new Set<Address>()]));
  for (const { by, of, first } of edges) graph.get(first === by ? of : by)?.add(first);
  return graph;
}

/** Everything that orders resources. What is not declared orders nothing. */
export function resourceEdges(resources: Stack["resources"], typeOf: TypeOf): readonly ResourceEdge[] {
  const all = Object.values(resources);
  const isThere = ({ of }: ResourceEdge): boolean => Object.hasOwn(resources, of);
  const written = all.flatMap(writtenEdges).filter(isThere);
  return [...written, ...impliedEdges(all, typeOf)];
}

/** They are asked for at every check, plan and pass, and a resource stays what it is. */
const written = new WeakMap<ResourceDeclaration, readonly ResourceEdge[]>();

function writtenEdges(resource: ResourceDeclaration): readonly ResourceEdge[] {
  const known = written.get(resource) ?? edgesWrittenIn(resource);
  written.set(resource, known);
  return known;
}

function edgesWrittenIn(resource: ResourceDeclaration): readonly ResourceEdge[] {
  const { address: by, dependsOn, notify, properties } = resource;
  return [
    ...dependsOn.map((of) => resting(resource, of, { kind: "dependsOn" })),
    ...resourceReferencesIn(properties).map(({ address: of, path: [property] }) =>
      resting(resource, of, { kind: "reference", property: String(property) }),
    ),
    ...notify.map((of): ResourceEdge => ({ kind: "notify", by, of, first: by })),
  ];
}

type Resting =
  | { readonly kind: "dependsOn" }
  | { readonly kind: "reference"; readonly property: string }
  | { readonly kind: "restsOn"; readonly word: string };

function resting({ address: by, ensure }: ResourceDeclaration, of: Address, resting: Resting): ResourceEdge {
  return { ...resting, by, of, first: ensure === "absent" ? by : of };
}

/** Who holds a word: at most one of each, where the stack was checked. */
interface Holders {
  readonly present?: Address;
  readonly absent?: Address;
}

function impliedEdges(all: readonly ResourceDeclaration[], typeOf: TypeOf): readonly ResourceEdge[] {
  const words = all.map((resource) => wordsOf(resource, typeOf(resource)));
  const holders = new Map<string, Holders>();
  for (const [at, { ensure, address }] of all.entries()) {
    for (const word of words[at]?.exclusive ?? []) {
      const others = holders.get(word);
      holders.set(word, others === undefined ? { [ensure]: address } : { [ensure]: address, ...others });
    }
  }
  return all.flatMap((resource, at) => {
    const { exclusive, restsOn } = words[at] ?? NO_WORDS;
    return [...exclusive.flatMap((word) => roomFor(resource, word, holders)), ...ground(resource, restsOn, holders)];
  });
}

function roomFor({ address: by, ensure }: ResourceDeclaration, word: string, holders: ReadonlyMap<string, Holders>) {
  const absent = holders.get(word)?.absent;
  if (ensure === "absent" || absent === undefined) return [];
  return [{ kind: "makesRoom", by: absent, of: by, first: absent, word: spoken(word) } as const];
}

/** Whoever holds one of the words comes before it: all directories that a path leads through, the program of a command. */
function ground(
  resource: ResourceDeclaration,
  restsOn: readonly string[],
  holders: ReadonlyMap<string, Holders>,
): readonly ResourceEdge[] {
  const other = resource.ensure === "present" ? "absent" : "present";
  return restsOn.flatMap((word) => {
    const held = holders.get(word);
    const of = held?.[resource.ensure] ?? held?.[other];
    if (of === undefined || of === resource.address) return [];
    return [resting(resource, of, { kind: "restsOn", word: spoken(word) })];
  });
}

export interface Words {
  readonly exclusive: readonly string[];
  readonly restsOn: readonly string[];
}

const NO_WORDS: Words = { exclusive: [], restsOn: [] };

/**
 * What a resource holds and what it rests on, as words that are the same only where they mean the same: things of this
 * machine are all in one place, others where their account is.
 */
export function wordsOf(
  resource: Pick<ResourceDeclaration, "name" | "properties" | "provider">,
  type: ResourceType | undefined,
): Words {
  if (type === undefined) return NO_WORDS;
  const before = told.get(resource);
  if (before?.type === type) return before.words;
  const words = wordsBy(type, resource);
  told.set(resource, { type, words });
  return words;
}

/** They are asked for at every check, plan and pass, and a resource stays what it is. */
const told = new WeakMap<object, { readonly type: ResourceType; readonly words: Words }>();

function wordsBy(type: ResourceType, resource: Pick<ResourceDeclaration, "name" | "properties" | "provider">): Words {
  const want = plainlyKnown(wantedOf(resource, type));
  const isHere = type.known === "task" || type.local;
  const scope = isHere ? "" : (resource.provider ?? type.family ?? type.name);
  // Of what is not known yet a type that looks no closer makes a word that is none.
  const scoped = (words: readonly (string | undefined)[] = []) =>
    words.flatMap((word) => (word === undefined ? [] : [`${scope}\n${word}`]));
  return {
    exclusive: scoped(type.known === "task" ? [] : type.exclusive?.(want)),
    restsOn: scoped(type.restsOn?.(want)),
  };
}

/** A word as its type says it. */
export function spoken(word: string): string {
  return word.slice(word.indexOf("\n") + 1);
}
