/** Whether a group is where it is to be in the end: found from the truth, with what Muster says of it beside. */
import { isConverged, type Status } from "@muster/model";
import { type GroupText, sizeOf } from "./grammar.ts";
import type { Wanted } from "./history.ts";
import type { Thing } from "./world.ts";

export interface Standing {
  readonly wanted: Wanted;
  readonly status: Status;
  /** The living members, in truth; all of them are well. */
  readonly living: readonly Thing[];
  /** For so long nothing was called and nothing written, in milliseconds. */
  readonly stillMs: number;
  /** A member of the declared version has gone since that was declared. */
  readonly someGone: boolean;
}

/** What waits for a hand is never called converged: it is at rest when a few looks have led to nothing. */
const STILL_MS = 65_000;

export function isReached(standing: Standing): boolean {
  const { wanted, living, stillMs, status } = standing;
  const { text, steering, mode, promised } = wanted;
  if (mode === "observe") return stillMs >= STILL_MS;
  if (steering?.goal === "destroying" || living.length !== sizeOf(text)) return false;
  const isStill = stillMs >= STILL_MS;
  if (steering?.goal === "paused") return isStill;
  const fresh = living.filter((thing) => isOf(thing, text)).length;
  const old = wanted.former === undefined ? 0 : countOf(living, wanted.former);
  switch (status.rollout?.phase) {
    case undefined:
      return wanted.reverted === "no" && fresh === living.length && isConverged(status);
    case "reverted":
      return isStill && wanted.reverted !== "no" && countOf(living, wanted.aim) === living.length;
    case "canary":
      // By hand only: time goes on by itself.
      return isStill && promised.bakeMs === undefined && fresh === promised.canary && fresh + old === living.length;
    case "failed":
      // Those that failed and have gone cannot recover: a person has to say that it may go on.
      return isStill && standing.someGone && fresh + old === living.length;
    default:
      return false;
  }
}

function countOf(living: readonly Thing[], text: GroupText): number {
  return living.filter((thing) => isOf(thing, text)).length;
}

function isOf({ properties: { image, note } }: Thing, text: GroupText): boolean {
  return image === text.image && note === text.note;
}
