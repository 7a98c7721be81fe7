import { setTimeout as sleep } from "node:timers/promises";
import type { Io } from "@muster/plugin";

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

/** The clock, and waiting by it. */
export interface Time {
  readonly io: Pick<Io, "now">;
  readonly waits: Waits;
}

/** What goes on at DigitalOcean is waited for at most so long, in milliseconds: a resize takes minutes. */
export const PATIENCE_MS = 600_000;
/** It is asked about after so long, then less and less often. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 8_000;

/** Asks again and again until there is an answer. Throws what is given when the time is up. */
export async function until<T>(
  { io, waits }: Time,
  ask: () => Promise<T | undefined>,
  late: () => Error,
  signal: AbortSignal,
): Promise<T> {
  const deadline = io.now() + PATIENCE_MS;
  for (let rest = FIRST_REST_MS; ; rest = Math.min(LONGEST_REST_MS, rest * 2)) {
    const found = await ask();
    if (found !== undefined) return found;
    if (io.now() >= deadline) throw late();
    await waits.rest(rest, signal);
  }
}
