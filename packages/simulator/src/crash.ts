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
  /** As `step`, for whoever waits for nothing: goes on at this point at once, when it is no longer frozen, or never. */
  goOn(point: string, run: () => void): void;
  /** A clock whose timers end with the life. */
  readonly clock: Clock;
  /** What a call of this life must know: the caller is gone. Returns the end of it. */
  onEnd(listener: () => void): () => void;
  /** It is stopped for a while: nothing of it goes on, and whoever asks takes it for dead. */
  isFrozen(): boolean;
  /** The end, at this point. */
  crash(point: string): void;
  /** The end of a life that has let go of everything. */
  end(): void;
}

/** What befalls a life at a point: its end, or that it is stopped for so many milliseconds. */
export type Blow = { readonly kind: "crash" } | { readonly kind: "freeze"; readonly ms: number };

export interface Death {
  /** Asked at every point. */
  strikes(): Blow | undefined;
  crashed(point: string): void;
  froze(ms: number): void;
  thawed(): void;
}

export function beginLife(number: number, clock: Clock, death: Death): Life {
  const listeners = new Set<() => void>();
  /** What a step answers that the life has not outlived. */
  const never = new Promise<never>(() => undefined);
  let over = false;
  /** What goes on when it is no longer frozen; undefined while it is not. */
  let waiting: (() => void)[] | undefined;

  function freeze(ms: number): void {
    if (waiting !== undefined) return;
    waiting = [];
    death.froze(ms);
    clock.after(ms, () => {
      const all = waiting ?? [];
      waiting = undefined;
      if (over) return;
      death.thawed();
      for (const go of all) go();
    });
  }

  /** Goes on at once, or when it is no longer frozen. */
  function whenThawed(): Promise<void> | undefined {
    const queue = waiting;
    return queue === undefined ? undefined : new Promise((resolve) => void queue.push(resolve));
  }

  function crash(point: string): void {
    if (over) return;
    end();
    death.crashed(point);
  }

  function end(): void {
    over = true;
    for (const listener of [...listeners]) listener();
  }

  /** True when the life has ended, here or before. */
  function ends(when: "before" | "after", what: string): boolean {
    const blow = over ? undefined : death.strikes();
    if (blow?.kind === "crash") crash(`${when} ${what}`);
    if (blow?.kind === "freeze") freeze(blow.ms);
    return over;
  }

  return {
    number,
    isOver: () => over,
    isFrozen: () => waiting !== undefined,
    async step<T>(what: string, run: () => Promise<T>): Promise<T> {
      if (ends("before", what)) return never;
      if (waiting !== undefined) await whenThawed();
      if (over) return never;
      try {
        return await run();
      } finally {
        const isOver = ends("after", what);
        if (waiting !== undefined) await whenThawed();
        if (isOver || over) await never;
      }
    },
    goOn(point, run) {
      if (ends("before", point)) return;
      if (waiting === undefined) run();
      // What was stopped with it may have ended it when it went on.
      else
        waiting.push(() => {
          if (!over) run();
        });
    },
    clock: {
      now: clock.now,
      after(ms, run) {
        let isCancelled = false;
        const go = () => {
          if (!over && !isCancelled) run();
        };
        const cancel = clock.after(ms, () => {
          if (waiting === undefined) go();
          else waiting.push(go);
        });
        return () => {
          isCancelled = true;
          cancel();
        };
      },
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    crash,
    end,
  };
}
