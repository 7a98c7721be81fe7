/** Rounds of asking, for many who want to know: one at a time, and what it told holds for a while. */
export interface Rounds<T> {
  /** What was told within the time that it holds; else what the round that is under way, or begins now, will tell. */
  latest(): Promise<T>;
}

/** @param holdsMs from the end of a round, in milliseconds */
export function openRounds<T>(ask: () => Promise<T>, holdsMs: number, now: () => number): Rounds<T> {
  let last: { readonly told: T; readonly at: number } | undefined;
  let underWay: Promise<T> | undefined;

  async function round(): Promise<T> {
    try {
      const told = await ask();
      last = { told, at: now() };
      return told;
    } finally {
      underWay = undefined;
    }
  }

  return {
    latest() {
      // Where the clock was set back, nobody knows how old it is.
      const age = last === undefined ? holdsMs : now() - last.at;
      if (last !== undefined && age >= 0 && age < holdsMs) return Promise.resolve(last.told);
      underWay ??= round();
      return underWay;
    },
  };
}
