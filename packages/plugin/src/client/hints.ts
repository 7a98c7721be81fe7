import { streamLines } from "../wire/http-client.ts";
import { HINTS_PATH } from "../wire/methods.ts";
import type { Caller } from "./caller.ts";

/** After so many milliseconds a stream of hints that broke off is asked for again. */
const AGAIN = 1_000;

/** Calls `wake` for every hint about the type, and whenever hints may have been missed, until the signal. */
export function watchHints(caller: Caller, type: string, wake: () => void, signal: AbortSignal): void {
  const over = AbortSignal.any([signal, caller.closed]);
  const again = () => {
    if (!over.aborted) setTimeout(() => watchHints(caller, type, wake, signal), AGAIN).unref();
  };
  // Why it broke off does not matter: a lost hint is harmless, because whoever watches also looks on a timer.
  follow(caller, type, wake, over).then(again, again);
}

async function follow(caller: Caller, type: string, wake: () => void, over: AbortSignal): Promise<void> {
  for await (const line of streamLines(caller.address, HINTS_PATH, over)) {
    if (line === ": here" || line === `data: ${type}`) wake();
  }
}
