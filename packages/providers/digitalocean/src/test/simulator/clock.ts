/** The simulator's time, in milliseconds since 1970. */
export interface SimulatorClock {
  now(): number;
  /** Lets so much time pass at once. */
  advance(ms: number): void;
}

const START = Date.UTC(2026, 0, 1);

/** Time that passes only when it is told to. */
export function logicalClock(start = START): SimulatorClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

/** The time of the wall. It can be made to leap ahead. */
export function realClock(): SimulatorClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(ms) {
      ahead += ms;
    },
  };
}

/** As the API writes a time: to the second. */
export function written(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
