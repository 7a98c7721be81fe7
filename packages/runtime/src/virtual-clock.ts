import type { Clock } from "./ports.ts";

/**
 * Time that passes only when nothing else is left to do. Whatever is asynchronous in a simulation is either a microtask
 * or waits here, so that a seed always gives the same run.
 */
export interface VirtualClock extends Clock {
  /** Resolves after so many milliseconds; of nothing at once, without a turn of its own. */
  sleep(ms: number): Promise<void>;
  /** Lets everything happen that is due until this time, in order; ends early when `enough` says so. */
  runUntil(time: number, enough?: () => boolean): Promise<void>;
}

/** What is to happen and when, without anything asynchronous: a simulation that has no promises needs no more. */
export interface Timeline extends Clock {
  /** The next thing that is due until this time happens. False when nothing is due, or it is enough. */
  runNext(time: number, enough: () => boolean): boolean;
  /** It is this time, or later already. */
  advance(time: number): void;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

const AT_ONCE = Promise.resolve();

export function timeline(start: number): Timeline {
  /** Soonest last; of the same time, in the order in which they were set. */
  const timers: Timer[] = [];
  let now = start;

  function after(ms: number, run: () => void): () => void {
    const timer: Timer = { at: now + Math.max(0, Math.round(ms)), run };
    const place = placeOf(timers, timer.at);
    // What is due next is set more often than anything else.
    if (place === timers.length) timers.push(timer);
    else timers.splice(place, 0, timer);
    return () => {
      const index = timers.indexOf(timer);
      if (index >= 0) timers.splice(index, 1);
    };
  }

  function runNext(time: number, enough: () => boolean): boolean {
    const next = timers.at(-1);
    if (next === undefined || next.at > time || enough()) return false;
    timers.pop();
    now = next.at;
    next.run();
    return true;
  }

  return {
    now: () => now,
    after,
    runNext,
    advance(time) {
      now = Math.max(now, time);
    },
  };
}

export function virtualClock(start: number): VirtualClock {
  const { now, after, runNext, advance } = timeline(start);
  return {
    now,
    after,
    sleep: (ms) => (ms <= 0 ? AT_ONCE : new Promise((resolve) => void after(ms, resolve))),
    runUntil: (time, enough = () => false) =>
      new Promise((resolve, reject) => {
        function turn(): void {
          try {
            if (runNext(time, enough)) {
              afterMicrotasks(turn);
              return;
            }
            if (!enough()) advance(time);
            resolve();
          } catch (thrown) {
            reject(thrown);
          }
        }
        afterMicrotasks(turn);
      }),
  };
}

/** Before every timer that is sooner, after every one that is not later. */
function placeOf(timers: readonly Timer[], at: number): number {
  let index = timers.length;
  while (index > 0 && (timers[index - 1]?.at ?? at) <= at) index--;
  return index;
}

/**
 * Goes on when every chain of promises has come to rest: a tick that is set from within a microtask runs after the whole
 * queue of microtasks is empty, and unlike `setImmediate` it costs no turn of the event loop.
 */
function afterMicrotasks(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}
