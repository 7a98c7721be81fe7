import type { Clock } from "../ports.ts";

/** A clock that stands still until it is moved. */
export function heldClock(): Clock & { advance(ms: number): Promise<void>; next(): number } {
  let now = 0;
  let timers: readonly { readonly at: number; readonly run: () => void }[] = [];

  async function settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + Math.max(0, ms), run };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    /** When the next timer is due; infinite where none is set. */
    next: () => timers.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= end);
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = end;
    },
  };
}

/** A clock that can be set wrong, as a machine that sleeps or an administrator does it: timers do not notice. */
export function leapingClock(): ReturnType<typeof heldClock> & { leap(ms: number): void; waiting(): number } {
  const steady = heldClock();
  let ahead = 0;
  let waiting = 0;
  return {
    now: () => steady.now() + ahead,
    after(ms, run) {
      waiting++;
      let isOver = false;
      const end = () => {
        if (!isOver) waiting--;
        isOver = true;
      };
      const cancel = steady.after(ms, () => {
        end();
        run();
      });
      return () => {
        end();
        cancel();
      };
    },
    advance: steady.advance,
    next: () => steady.next() + ahead,
    leap(ms) {
      ahead += ms;
    },
    /** Timers that are set. */
    waiting: () => waiting,
  };
}
