/**
 * One life of Muster's process. Every port it is given goes through `step`, before and after which it can be killed; a
 * killed one gets no answer any more, so that nothing of it goes on.
 */
import type { Clock } from "@muster/runtime";

export interface Life {
  readonly number: number;
  isOver(): boolean;
  /** Carries out one step of a port. Where the life ends, what it returns never resolves. */
  step<T>(what: string, run: () => Promise<T>): Promise<T>;
  /** A clock whose timers end with the life. */
  readonly clock: Clock;
  /** What a call of this life must know: the caller is gone. Returns the end of it. */
  onEnd(listener: () => void): () => void;
  /** The end, at this point. */
  crash(point: string): void;
  /** The end of a life that has let go of everything. */
  end(): void;
}

/** `strikes` is asked at every point whether to crash there; `crashed` is told that it did. */
export function beginLife(
  number: number,
  clock: Clock,
  strikes: () => boolean,
  crashed: (point: string) => void,
): Life {
  const listeners = new Set<() => void>();
  /** What a step answers that the life has not outlived. */
  const never = new Promise<never>(() => undefined);
  let over = false;

  function crash(point: string): void {
    if (over) return;
    end();
    crashed(point);
  }

  function end(): void {
    over = true;
    for (const listener of [...listeners]) listener();
  }

  /** True when the life has ended, here or before. */
  function ends(when: "before" | "after", what: string): boolean {
    if (!over && strikes()) crash(`${when} ${what}`);
    return over;
  }

  return {
    number,
    isOver: () => over,
    async step<T>(what: string, run: () => Promise<T>): Promise<T> {
      if (ends("before", what)) return never;
      try {
        return await run();
      } finally {
        if (ends("after", what)) await never;
      }
    },
    clock: {
      now: clock.now,
      after: (ms, run) =>
        clock.after(ms, () => {
          if (!over) run();
        }),
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    crash,
    end,
  };
}
