import type { Happening } from "../happening.ts";
import type { History } from "../history.ts";
import type { World } from "../world.ts";

/** What an invariant looks at: the truth, and what came before. */
export interface Evidence {
  readonly world: World;
  readonly history: History;
  /** A member may fail so long after it was made, and is called starting. */
  readonly graceMs: number;
  /** A list never lags longer than the type promises. */
  readonly promisesKept: boolean;
}

/** Says what is wrong with a happening, if anything. It is asked about each, in order, with the history up to it. */
export type Watcher = (happening: Happening) => string | undefined;

/** One of the invariants of the design. */
export interface Invariant {
  readonly name: string;
  watch(evidence: Evidence): Watcher;
}
