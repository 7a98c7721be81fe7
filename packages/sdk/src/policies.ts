/** The policies of a group in a stack in TypeScript. What cannot hold together is refused when the stack is read. */

/** A whole number with a unit, or several, the largest first: `500ms`, `10s`, `1h30m`. At most `30d`. */
export type Duration = `${number}${Unit}` | `${number}${Unit}${number}${Unit}`;
type Unit = "d" | "h" | "m" | "s" | "ms";

/** A whole share of the members, `0%` to `100%`. */
export type Percent = `${number}%`;

/** So many members. */
export type Amount = number | Percent;

/** How a change of the template or the flavor is carried through a group. */
export interface Rollout {
  /**
   * How many may be away meanwhile; a share rounds down. 0 unless told, where members have a size and new ones fit beside
   * old ones; else 1.
   */
  readonly maxUnavailable?: Amount;
  /**
   * How many may be there beyond the size; a share rounds up. 1 unless told; 0 where `maxUnavailable` is told and more
   * than 0. Not for named members, of which each is there once.
   */
  readonly maxSurge?: Amount;
  /** A new member counts when it has been healthy for so long. `10s` unless told, and `0s` for types that are local. */
  readonly minReady?: Duration;
  /** So long after it came to be, a failing member is still starting. `60s` unless told, and `0s` for types that are local. */
  readonly initialDelay?: Duration;
  /** A new member that does not count by then has failed. `5m` unless told. */
  readonly healthyDeadline?: Duration;
  /** A rollout that gets no further for so long has failed. `10m` unless told. */
  readonly progressDeadline?: Duration;
  /** So many are changed first, and the others when these are promoted: fewer than all. 0 unless told: none. */
  readonly canary?: number;
  /** The canaries are promoted when they have been healthy for so long. By hand unless told: `muster group promote`. */
  readonly bake?: Duration;
  /** What happens to a rollout that has failed: it waits, or goes back to the version before. `pause` unless told. */
  readonly onFailure?: "pause" | "revert";
  /** A member is given so long to leave by itself, and then destroyed all the same. `5m` unless told. */
  readonly drainTimeout?: Duration;
}

/** How members that fail are replaced. */
export interface Repair {
  /** Where at least two members, and at least this share of them, fail together, none is destroyed. `40%` unless told. */
  readonly breaker?: Percent;
  /** How many may be under repair at once. 1 unless told. */
  readonly maxInFlight?: number;
  /** A version of which so many in a row never became healthy is not made any more. 3 unless told. */
  readonly quarantineAfter?: number;
  /** Never more creates in an hour than this. Ten times the size and 200 more unless told. */
  readonly createsPerHour?: number;
}
