import { ProviderError } from "@muster/plugin";
import type { Clock } from "./ports.ts";

/** The promise, or an `unknown` failure when it takes longer. What it does goes on; nobody waits for it any more. */
export function withDeadline<T>(promise: Promise<T>, ms: number, clock: Clock, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new ProviderError("unknown", `${what} within ${ms / 1000} s`)));
    promise.then(resolve, reject).finally(cancel);
  });
}

/** Waits for the promise, and no longer than so many milliseconds. */
export function atMost(ms: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    promise.then(() => resolve(), reject).finally(cancel);
  });
}
