/** Calls of providers. None is waited for without an end. */
import type { Ctx } from "@muster/plugin";
import { withDeadline } from "../deadline.ts";
import { CALL_MS } from "../patience.ts";
import type { Clock } from "../ports.ts";

/** A look that never ends is none. In milliseconds. */
const LOOK_MS = 120_000;

/** Asks for what changes nothing: whoever does not wait for the answer any more hangs up. */
export function looked<T>(ask: (ctx: Ctx) => Promise<T>, what: string, clock: Clock): Promise<T> {
  const over = new AbortController();
  return withDeadline(ask({ signal: over.signal }), LOOK_MS, clock, what).catch((thrown) => {
    over.abort(thrown);
    throw thrown;
  });
}

/** Nobody hangs up on a call that changes something; but whoever waits for its answer goes on without. */
export function answered<T>(call: Promise<T>, what: string, clock: Clock): Promise<T> {
  return withDeadline(call, CALL_MS, clock, `the ${what} was not answered`);
}
