/** When a group is looked at again though nothing wakes its controller. Times in milliseconds since 1970. */
import type { GoodLook, Traits } from "@muster/engine";
import type { Attention } from "./attention.ts";

/** Hints of a local type are reliable, and all the same not trusted for ever. */
const RESYNC_LOCAL_MS = 30_000;
const RESYNC_REMOTE_MS = 10_000;
/** After a look or a write that failed: doubled up to a minute. */
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;

/**
 * @param heed of a flavor that knows of health; undefined for one that does not
 * @param wakeAt when the decision awaits something
 */
export function dueAfter(
  look: GoodLook,
  { local }: Traits,
  heed: Attention | undefined,
  wakeAt: number | undefined,
  now: number,
): number {
  const resync = now + (local ? RESYNC_LOCAL_MS : RESYNC_REMOTE_MS);
  const health = heed === undefined ? resync : now + heed.nextMs(look);
  return Math.min(resync, health, wakeAt ?? resync);
}

/** @param failures one after the other: 1, 2, 3 … */
export function retryMs(failures: number): number {
  return Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10));
}
