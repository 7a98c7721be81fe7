/** What an instance is to its group. */
export type MemberState =
  | "ready"
  | "starting"
  | "unhealthy"
  | "outdated"
  | "surplus"
  | "leaving"
  | "quarantined"
  | "creating"
  | "unknown";

export interface MemberStatus {
  /** Missing while the create has not been answered. */
  readonly id?: string;
  readonly slot: string;
  readonly state: MemberState;
  readonly revision: string;
  /** Why it is in this state, where that is not plain from the state. */
  readonly reason?: string;
  readonly since: number;
}

/**
 * `Progressing`: there is something to do and it is being done. `Stalled`: something prevents it; the reason says what.
 * `ChecksHold`: where there are checks. It does not hold for the reason `ChecksFail`, or because nobody can tell
 * (`ChecksUnknown`).
 */
export type ConditionName = "Converged" | "Progressing" | "Stalled" | "ChecksHold";

export interface Condition {
  readonly name: ConditionName;
  readonly holds: boolean;
  /** One word for a program. */
  readonly reason: string;
  /** A sentence for a person. */
  readonly message: string;
}

/** How far a change of the members has come. */
export interface RolloutStatus {
  /**
   * `canary`: the first ones are changed, and the others wait for them; `paused` by a person; `failed`: held, because new
   * members fail; `reverting`, `reverted`: the former version is kept in the place of the declared one.
   */
  readonly phase: "rolling" | "canary" | "paused" | "failed" | "reverting" | "reverted";
  /** Members as they are wanted, healthy for long enough. */
  readonly arrived: number;
  readonly of: number;
}

export interface Status {
  /** Of the declaration, where a group is asked about; of this status, where it is told of. */
  readonly generation: number;
  /** The generation this status speaks of. */
  readonly observedGeneration: number;
  /** The look this status rests on, ms since 1970; 0 before the first. */
  readonly lookedAt: number;
  readonly desired: number;
  /** Seen as they are wanted now (as declared, or of the former version where that is kept), and healthy for long enough. */
  readonly ready: number;
  readonly revision: string;
  /** Null when nothing is on its way. */
  readonly rollout: RolloutStatus | null;
  readonly conditions: readonly Condition[];
}

export function conditionOf(status: Status, name: ConditionName): Condition | undefined {
  return status.conditions.find((condition) => condition.name === name);
}

/** As declared. A status that speaks of an earlier generation does not tell. */
export function isConverged(status: Status): boolean {
  if (status.observedGeneration < status.generation) return false;
  return conditionOf(status, "Converged")?.holds === true;
}
