/**
 * Members that were made or changed, and whether they have been healthy for long enough since: found from what the world
 * did and what the flavor said, and not from what Muster remembers. What Muster was shown and then lost, because it could
 * not write it down or was killed, it may count or not: both are fair.
 */
import type { Verdict } from "@muster/model";
import type { Promised } from "./promise.ts";

/** Muster waits so long for the last of those that it asks. */
const HEARD_MS = 10_000;

interface Trial {
  readonly group: string;
  readonly since: number;
  /** Whoever is shown has been made; but what is shown may be older than a change. */
  readonly kind: "made" | "changed";
  /** When the call was answered, or its caller died; infinite before: Muster counts from no look that began earlier. */
  answeredAt: number;
  /** It was said to fail, or took too long. It may recover. */
  failed: boolean;
  /** It may count by now. */
  mayCount: boolean;
  /** It counts, as soon as the look that has shown so is taken in. */
  isOver: boolean;
}

export interface Trials {
  /** @param known Muster awaits it for sure: it cannot count before it was tried */
  begin(id: string, trial: Pick<Trial, "group" | "since" | "kind" | "answeredAt">, known: boolean): void;
  /** The call that made it has been answered. */
  answer(id: string, at: number): void;
  /** Nobody awaits it any more: who turns up so late is nobody that is known to be new. */
  end(id: string): void;
  /** Nothing is remembered of the group's members. */
  forget(group: string): void;
  /** A look at the group has been taken in: what the one before has shown counts from now on. */
  takeIn(group: string): void;
  /** What the last looks have shown is lost with the passes that would have remembered it. */
  lose(): void;
  /** What was said at `at` of a member, of the time `trueAt`, after a look that began at `lookedAt`. */
  judge(id: string, verdict: Verdict, trueAt: number, lookedAt: number, at: number): void;
  /** It cannot have been healthy for so long since it was made or changed. */
  isTried(id: string, minReadyMs: number, at: number): boolean;
  /** It may be on trial still, and has failed or has taken longer than the deadline. */
  hasFailed(id: string, healthyDeadlineMs: number, at: number): boolean;
  /** Healthy without a break since then, as far as Muster may know; undefined where it is not. */
  passingSince(id: string): number | undefined;
  /** It is healthy, and on trial no more. */
  surelyCounts(id: string): boolean;
  /** Those that may be on trial still and have failed. */
  failed(healthyDeadlineMs: number, at: number): readonly string[];
}

/** What is declared of a group now. */
type Terms = Pick<Promised, "minReadyMs" | "healthyDeadlineMs">;

export function emptyTrials(settleMs: number, termsOf: (group: string) => Terms): Trials {
  const trials = new Map<string, Trial>();
  /** Healthy since then at the longest, and at the shortest. */
  const passing = new Map<string, number>();
  const surelyPassing = new Map<string, number>();
  /** Said not to be well, by a look that nobody has taken in yet. */
  const broken = new Map<string, string>();

  function hasFailed(id: string, healthyDeadlineMs: number, at: number): boolean {
    const trial = trials.get(id);
    if (trial === undefined) return false;
    return trial.failed || (!surelyPassing.has(id) && at - trial.since >= healthyDeadlineMs);
  }

  function pass(id: string, trial: Trial | undefined, lookedAt: number, at: number): void {
    const longest = passing.get(id) ?? at;
    const shortest = surelyPassing.get(id) ?? at;
    // It is nearly always well since before: then there is nothing to be noted.
    if (longest === at) passing.set(id, at);
    const isKnown = trial === undefined || lookedAt >= trial.answeredAt;
    if (isKnown && shortest === at) surelyPassing.set(id, at);
    if (trial === undefined) return;
    const { minReadyMs } = termsOf(trial.group);
    if (at - longest >= minReadyMs) trial.mayCount = true;
    // Until a change has settled nobody can be sure that what is shown is what was changed. What Muster counts from is when it
    // has heard of everybody, which it waits for a while; and what it counts to is when the look began.
    const countsFrom = Math.max(shortest, trial.since + settleMs) + HEARD_MS;
    if (isKnown && lookedAt >= countsFrom + minReadyMs) trial.isOver = true;
  }

  return {
    begin(id, trial, known) {
      trials.set(id, { ...trial, failed: false, mayCount: !known, isOver: false });
      passing.delete(id);
      surelyPassing.delete(id);
    },
    answer(id, at) {
      const trial = trials.get(id);
      if (trial !== undefined) trial.answeredAt = at;
    },
    end: (id) => void trials.delete(id),
    forget(group) {
      for (const [id, trial] of trials) if (trial.group === group) trials.delete(id);
    },
    takeIn(group) {
      for (const [id, trial] of trials) if (trial.group === group && trial.isOver) trials.delete(id);
      for (const [id, of] of broken) {
        if (of !== group && of !== "") continue;
        broken.delete(id);
        passing.delete(id);
      }
    },
    lose() {
      broken.clear();
      surelyPassing.clear();
      for (const trial of trials.values()) trial.isOver = false;
    },
    judge(id, verdict, trueAt, lookedAt, at) {
      const trial = trials.get(id);
      if (trial?.kind === "changed" && trueAt < trial.since) return;
      if (verdict.kind === "pass") return pass(id, trial, lookedAt, at);
      if (trial !== undefined) {
        const isLate = at - trial.since >= termsOf(trial.group).healthyDeadlineMs;
        trial.failed ||= verdict.kind === "fail" || isLate;
      }
      surelyPassing.delete(id);
      broken.set(id, trial?.group ?? "");
    },
    isTried(id, minReadyMs, at) {
      if (trials.get(id)?.mayCount !== false) return false;
      const since = passing.get(id);
      return since === undefined || at - since < minReadyMs;
    },
    hasFailed,
    surelyCounts: (id) => !trials.has(id) && surelyPassing.has(id),
    passingSince: (id) => passing.get(id),
    failed: (healthyDeadlineMs, at) => [...trials.keys()].filter((id) => hasFailed(id, healthyDeadlineMs, at)),
  };
}
