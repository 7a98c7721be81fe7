import type { Clock } from "./ports.ts";

/**
 * How long nobody was there though the clock went on: the machine slept, or its clock leapt ahead. Found by a beat that
 * comes too late, so that a long pass or a long wait is never mistaken for it.
 */
export interface Presence {
  /** Milliseconds that have not been counted yet. */
  missedMs(): number;
  /** So many of them were taken into account, and that is written down. */
  counted(ms: number): void;
  stop(): void;
}

const BEAT_MS = 30_000;
/** A machine that is merely busy is late as well. Who loses no more than this loses it. */
const TOLERATED_MS = 120_000;

export function watchPresence(clock: Clock): Presence {
  let seenAt = clock.now();
  let missed = 0;
  let cancel = clock.after(BEAT_MS, beat);

  function beat(): void {
    notice();
    cancel = clock.after(BEAT_MS, beat);
  }

  function notice(): void {
    const now = clock.now();
    const late = now - seenAt - BEAT_MS;
    if (late > TOLERATED_MS) missed += late;
    seenAt = now;
  }

  return {
    // After a sleep whoever asks may come before the beat does.
    missedMs() {
      notice();
      return missed;
    },
    counted(ms) {
      missed -= ms;
    },
    stop: () => cancel(),
  };
}
