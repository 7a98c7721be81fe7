import { hashJson, type JsonObject, type Slots } from "@muster/model";

/** `keep` it as declared; `pause`: refill and scale it, but carry no change through; `destroy` it, member by member. */
export type Goal = "keep" | "pause" | "destroy";

/** A group as the engine needs it: the declaration, bound to what its type and flavor are like. */
export interface DeclaredGroup {
  readonly stack: string;
  readonly name: string;
  readonly generation: number;
  readonly goal: Goal;
  readonly slots: Slots;
  readonly revision: string;
  /** The properties that can be changed on a living member, as written. */
  readonly changeable: JsonObject;
  readonly rollout: { readonly maxUnavailable: number; readonly maxSurge: number };
}

/**
 * What is declared, as one word: it changes when the group is to be otherwise. Not the generation, which counts the
 * changes of the whole stack, nor a pause, which is no change of what is wanted.
 */
export function wordFor({ goal, slots, revision, changeable }: DeclaredGroup): string {
  return hashJson([goal === "destroy", slots, revision, changeable]).slice(0, 20);
}

/**
 * The group was seen as it is declared, and nobody has wanted anything else since: what goes wrong now is drift. Who
 * names members to be destroyed wants something else.
 */
export function wasConverged(
  declared: DeclaredGroup,
  memory: { readonly convergedAs: string | null; readonly doomed: readonly string[] },
): boolean {
  return memory.doomed.length === 0 && memory.convergedAs === wordFor(declared);
}

/** What the engine must know of a type. Durations in milliseconds. */
export interface Traits {
  /** A finished call may stay unlisted so long. */
  readonly settleMs: number;
  /** Looks are cheap and hints reliable. */
  readonly local: boolean;
  /** So long after it came to be, a failing member is still called starting. */
  readonly initialDelayMs: number;
}

/** Waits that a person at a local directory need not have, and a cloud must. */
export function traitsOf(type: { readonly settleMs: number; readonly local: boolean }): Traits {
  return { settleMs: type.settleMs, local: type.local, initialDelayMs: type.local ? 0 : 60_000 };
}
