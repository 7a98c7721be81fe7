import type { Happening } from "../happening.ts";
import type { History } from "../records.ts";
import type { World } from "../world.ts";

/** What an invariant looks at: the truth, and what came before. */
export interface Evidence {
  readonly world: World;
  readonly history: History;
  /** A finished call may stay unlisted for so long. */
  readonly settleMs: number;
  /** A list never lags longer than the type promises. */
  readonly promisesKept: boolean;
}

/** Says what is wrong with a happening, if anything. It is asked about each of its kinds, in order, with the history up to it. */
export type Watcher = (happening: Happening) => string | undefined;

/** An invariant that did not hold, at a time: milliseconds from the beginning. */
export interface Violation {
  readonly invariant: string;
  readonly at: number;
  readonly detail: string;
}

/** One of the invariants of the design. */
export interface Invariant {
  readonly name: string;
  /** The kinds of happenings it is asked about. */
  readonly on: readonly Happening["kind"][];
  watch(evidence: Evidence): Watcher;
}
