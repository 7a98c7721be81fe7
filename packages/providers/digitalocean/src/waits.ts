import { setTimeout as sleep } from "node:timers/promises";

/** Waiting, given in like the clock. */
export interface Waits {
  /** Returns after so many milliseconds; rejects as soon as the signal is aborted. */
  rest(ms: number, signal: AbortSignal): Promise<void>;
  /** A signal that is aborted after so many milliseconds. */
  limit(ms: number): AbortSignal;
}

export const realWaits: Waits = {
  rest: (ms, signal) => sleep(ms, undefined, { signal }),
  limit: (ms) => AbortSignal.timeout(ms),
};
