import { ProviderError } from "@muster/plugin";

export interface Remembered<T> {
  get(signal: AbortSignal): Promise<T>;
  forget(): void;
}

/** What was asked is not asked again for so long, in milliseconds. A failure is not remembered. */
export function remembered<T>(ask: (signal: AbortSignal) => Promise<T>, ms: number, now: () => number): Remembered<T> {
  let known: { readonly at: number; readonly value: Promise<T> } | undefined;

  return {
    get(signal) {
      if (known !== undefined && now() < known.at + ms) return atMost(known.value, signal);
      // Many may wait for the one answer: nobody's signal ends it.
      const value = ask(new AbortController().signal);
      const mine = { at: now(), value };
      known = mine;
      value.catch(() => {
        if (known === mine) known = undefined;
      });
      return atMost(value, signal);
    },
    forget() {
      known = undefined;
    },
  };
}

/** The answer, unless its asker gives up first. */
function atMost<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new ProviderError("unavailable", "nobody waited for the answer any more"));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}
