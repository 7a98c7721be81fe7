/** Whether a group is where it is to be in the end: found from the truth, with what Muster says of it beside. */
import { conditionOf, isConverged, type Status } from "@muster/model";
import { type GroupText, isOfVersion, sizeOf } from "./grammar.ts";
import type { Wanted } from "./wanted.ts";
import type { Thing } from "./world.ts";

export interface Standing {
  readonly wanted: Wanted;
  readonly status: Status;
  /** The members that are there, in truth; all of them are well, but those that have ended. */
  readonly living: readonly Thing[];
  /** For so long nothing was called and nothing written, in milliseconds. */
  readonly stillMs: number;
  /** A member of the version that is aimed at has gone since that was declared. */
  readonly someGone: boolean;
}

/** What waits for a hand is never called converged: it is at rest when a few looks have led to nothing. */
const STILL_MS = 65_000;

/** A wait of before may have to be over first, which takes at most so long. */
const WAITED_STILL_MS = 800_000;

/** Whoever is there: it is told by Muster to be under way, or has not been still for long enough. */
export function isUnderWay({ wanted, status, stillMs }: Pick<Standing, "wanted" | "status" | "stillMs">): boolean {
  const { steering, mode, reverted } = wanted;
  if (mode === "observe") return stillMs < WAITED_STILL_MS;
  if (steering?.goal === "destroying") return true;
  const phase = status.rollout?.phase;
  if (steering?.goal !== "paused") {
    if (phase === undefined) return reverted !== "no" || !isConverged(status);
    if (phase === "rolling" || phase === "paused") return true;
  }
  return stillMs < STILL_MS || conditionOf(status, "Progressing")?.holds === true;
}

export function isReached(standing: Standing): boolean {
  if (isUnderWay(standing)) return false;
  const { wanted, living, stillMs, status } = standing;
  const { text, steering, mode, promised } = wanted;
  if (mode === "observe") return true;
  const hasFallen = living.some(({ fallen }) => fallen);
  const isStill = !hasFallen || stillMs >= WAITED_STILL_MS;
  const extra = living.length - sizeOf(text);
  const fresh = living.filter((thing) => isOfVersion(text, thing.properties)).length;
  const phase = status.rollout?.phase;
  // Those that have come before a rollout was held, also one that goes back, stand beside the others.
  const isHeld = phase === "failed" || (phase === "reverting" && isHeldByFailure(status));
  const beside = isHeld ? Math.min(countOf(living, wanted.aim), promised.most - sizeOf(text)) : 0;
  if (extra < 0 || extra > beside) return false;
  if (steering?.goal === "paused") return isStill;
  switch (phase) {
    case undefined:
      return fresh === living.length;
    case "reverted":
      return isStill && wanted.reverted !== "no" && countOf(living, wanted.aim) === living.length;
    case "canary":
      // Who else is there is as it was when this began. By hand only: time goes on by itself.
      return isStill && promised.bakeMs === undefined && fresh < living.length && fresh >= promised.canary;
    case "reverting":
      // Going back has failed too, and stands still: it is the same.
      return isHeldByFailure(status) && isStill && (standing.someGone || hasFallen);
    case "failed":
      // Those that failed and have gone, or have ended, cannot recover: a person has to say that it may go on.
      return isStill && (standing.someGone || hasFallen);
    default:
      return false;
  }
}

function isHeldByFailure(status: Status): boolean {
  return conditionOf(status, "Stalled")?.reason === "RolloutFailed";
}

function countOf(living: readonly Thing[], text: GroupText): number {
  return living.filter((thing) => isOfVersion(text, thing.properties)).length;
}
