import { hashJson, type JsonObject, type Slots } from "@muster/model";
import type { Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";

/**
 * `keep` it as declared; `pause`: refill and scale it, but carry no change through; `destroy` it, member by member;
 * `observe`: say what differs, and touch nothing.
 */
export type Goal = "keep" | "pause" | "destroy" | "observe";

/** What the members are to be. */
export interface Version {
  /** Which of the two that a group can have: the declared one, or the one it had before. */
  readonly version: "declared" | "former";
  readonly revision: string;
  /** The properties that can be changed on a living member, as written. */
  readonly changeable: JsonObject;
  /** Those of them whose change takes the member away for a moment. */
  readonly restarting: readonly string[];
}

/** What a person has asked for besides. */
export interface Steered {
  /** Kept at its former version. */
  readonly reverted: boolean;
  /** The canaries are good. */
  readonly promoted: boolean;
  /** The generation in which this version was declared, resumed or reverted last: what had failed before is tried again. */
  readonly retriedIn: number;
}

/** A group as the engine needs it: the declaration, bound to what its type and flavor are like. */
export interface DeclaredGroup extends Version, Policy {
  readonly stack: string;
  readonly name: string;
  readonly generation: number;
  readonly goal: Goal;
  readonly slots: Slots;
  /** What a revert goes back to; undefined when there is nothing. */
  readonly former: Version | undefined;
  readonly steered: Steered;
}

/** The group as commands take it, whatever groups other stacks have. */
export function placeOf({ stack, name }: Pick<DeclaredGroup, "stack" | "name">): string {
  return `${stack}/${name}`;
}

/** What is to be, as one word: of a member, whatever the size of its group. */
export function versionWord(version: Version): string {
  const known = versionWords.get(version);
  if (known !== undefined) return known;
  const { revision, changeable } = version;
  const word = hashJson([revision, changeable]).slice(0, 20);
  versionWords.set(version, word);
  return word;
}

/** Every pass asks for these words, and a declaration stays the same for many passes. */
const versionWords = new WeakMap<Version, string>();
const words = new WeakMap<DeclaredGroup, string>();

/**
 * What is declared, as one word: it changes when the group is to be otherwise. Not the generation, which counts the
 * changes of the whole stack, nor a pause, which is no change of what is wanted.
 */
export function wordFor(group: DeclaredGroup): string {
  const known = words.get(group);
  if (known !== undefined) return known;
  const { goal, slots, revision, changeable } = group;
  const word = hashJson([goal === "destroy", slots, revision, changeable]).slice(0, 20);
  words.set(group, word);
  return word;
}

/**
 * The group was seen as it is declared, and nobody has wanted anything else since: what goes wrong now is drift. Who
 * names members to be destroyed or replaced wants something else.
 */
export function wasConverged(
  declared: DeclaredGroup,
  memory: Pick<Memory, "convergedAs" | "doomed" | "replacing">,
): boolean {
  return memory.doomed.length === 0 && memory.replacing.length === 0 && memory.convergedAs === wordFor(declared);
}

/** What the engine must know of a type. */
export interface Traits {
  /** A finished call may stay unlisted so long, in milliseconds. */
  readonly settleMs: number;
  /** Looks are cheap and hints reliable. */
  readonly local: boolean;
}
