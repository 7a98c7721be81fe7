/**
 * Members that were made or changed, and whether they have been healthy for long enough since: found from what the world
 * did and what the flavor said, and not from what Muster remembers.
 */
import type { Verdict } from "@muster/model";

interface Trial {
  readonly group: string;
  readonly since: number;
  /** It was said to fail, or took too long. It may recover. */
  failed: boolean;
}

export interface Trials {
  begin(id: string, group: string, at: number): void;
  /** Nobody awaits it any more: who turns up so late is nobody that is known to be new. */
  end(id: string): void;
  /** Nothing is remembered of the group's members. */
  forget(group: string): void;
  /** A look at the group has been taken in: what the one before has shown counts from now on. */
  takeIn(group: string): void;
  /** What the last looks have shown is lost with the passes that would have remembered it. */
  lose(): void;
  /** What was said of a member, as of a look or a question that began at `began`. */
  judge(id: string, verdict: Verdict, began: number, at: number): void;
  /** It has not been healthy for so long since it was made or changed. */
  isTried(id: string, minReadyMs: number, at: number): boolean;
  /** It is tried, and has failed or has taken longer than the deadline. */
  hasFailed(id: string, healthyDeadlineMs: number, at: number): boolean;
  /** Healthy without a break since then; undefined where it is not. */
  passingSince(id: string): number | undefined;
  /** Those that were tried, have failed and have not passed since. */
  failed(): readonly string[];
}

/** @param minReadyOf what is declared of a group now, in milliseconds */
export function emptyTrials(minReadyOf: (group: string) => number): Trials {
  const trials = new Map<string, Trial>();
  const passing = new Map<string, number>();
  /** Said not to be well, by a look that nobody has taken in yet. */
  const broken = new Map<string, string>();

  function isOver({ group }: Trial, since: number | undefined, at: number): boolean {
    return since !== undefined && at - since >= minReadyOf(group);
  }

  return {
    begin(id, group, at) {
      trials.set(id, { group, since: at, failed: false });
      passing.delete(id);
    },
    end: (id) => void trials.delete(id),
    forget(group) {
      for (const [id, trial] of trials) if (trial.group === group) trials.delete(id);
    },
    takeIn(group) {
      for (const [id, of] of broken) {
        if (of !== group) continue;
        broken.delete(id);
        passing.delete(id);
      }
    },
    lose: () => broken.clear(),
    judge(id, verdict, began, at) {
      const trial = trials.get(id);
      if (trial !== undefined && began < trial.since) return;
      if (verdict.kind === "fail" && trial !== undefined) trial.failed = true;
      if (trial !== undefined && verdict.kind !== "pass") broken.set(id, trial.group);
      if (verdict.kind === "pass" && !passing.has(id)) passing.set(id, at);
      if (trial !== undefined && verdict.kind === "pass" && isOver(trial, passing.get(id), at)) trials.delete(id);
    },
    isTried(id, minReadyMs, at) {
      if (!trials.has(id)) return false;
      const since = passing.get(id);
      return since === undefined || at - since < minReadyMs;
    },
    hasFailed(id, healthyDeadlineMs, at) {
      const trial = trials.get(id);
      if (trial === undefined) return false;
      return trial.failed || (!passing.has(id) && at - trial.since >= healthyDeadlineMs);
    },
    passingSince: (id) => passing.get(id),
    failed: () => [...trials].filter(([, { failed }]) => failed).map(([id]) => id),
  };
}
