import { ProviderError } from "@muster/plugin";
import type { Clock } from "./ports.ts";

/**
 * The promise, or an `unknown` failure when it takes longer or the signal comes first. What it does goes on; nobody waits
 * for it any more.
 */
export function withDeadline<T>(
  promise: Promise<T>,
  ms: number,
  clock: Clock,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => reject(new ProviderError("unknown", `${what} ${why}`));
    const letGo = () => giveUp("before it was let go");
    const cancel = clock.after(ms, () => giveUp(`within ${ms / 1000} s`));
    signal?.addEventListener("abort", letGo, { once: true });
    const rest = () => {
      cancel();
      signal?.removeEventListener("abort", letGo);
    };
    // Every look waits here: one promise does what a `finally` takes three for.
    promise.then(
      (value) => {
        rest();
        resolve(value);
      },
      (reason) => {
        rest();
        reject(reason);
      },
    );
  });
}

/** Waits for the promise, and no longer than so many milliseconds. */
export function atMost(ms: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    promise.then(() => resolve(), reject).finally(cancel);
  });
}
