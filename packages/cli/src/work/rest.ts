import { setTimeout as pause } from "node:timers/promises";

/** Waits so long, in milliseconds, or until the signal: whoever asked looks himself which of the two it was. */
export function rest(ms: number, until: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal: until }).catch(() => undefined);
}
