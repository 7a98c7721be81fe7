import type { Clock } from "@muster/runtime";

const AT_ONCE = Promise.resolve();

/** Resolves after so many milliseconds; of nothing at once, without a turn of its own. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return ms <= 0 ? AT_ONCE : new Promise((resolve) => void clock.after(ms, resolve));
}
