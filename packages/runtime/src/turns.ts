/** Runs what it is given one after another; that one failed does not hold up the next. */
export function inTurn(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const mine = last.then(run, run);
    last = mine;
    // Whoever asked hears of a failure; here it only makes way.
    last.catch(() => undefined);
    return mine;
  };
}
