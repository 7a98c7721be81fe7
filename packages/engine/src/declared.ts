import type { JsonObject, Slots } from "@muster/model";

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
