/**
 * Whoever resumes a group, or declares it otherwise, asks that what had failed be tried again: now, and not when the wait is
 * over that the last failure has left. How often it has failed is remembered still: it is tried once, and the next wait is
 * as long as it would have been.
 */
import type { DeclaredGroup } from "./declared.ts";
import type { Backoff, Call, Memory } from "./memory.ts";

/**
 * Memory in which no failure is waited for any more that came before somebody's word. The same object where nobody has
 * said a word since.
 *
 * @param lookedAt when the look began that is decided on, ms since 1970
 */
export function retried(memory: Memory, { steered }: Pick<DeclaredGroup, "steered">, lookedAt: number): Memory {
  const { retriedIn } = steered;
  if (retriedIn <= memory.retriedIn) return memory;
  const { calls, creating, repairing } = memory;
  return {
    ...memory,
    retriedIn,
    calls: calls.map((call) => dueBy(call, lookedAt)),
    creating: overBy(creating, lookedAt),
    repairing: overBy(repairing, lookedAt),
  };
}

function dueBy(call: Call, at: number): Call {
  const { state } = call;
  return state.kind === "failed" ? { ...call, state: { ...state, retryAt: Math.min(state.retryAt, at) } } : call;
}

function overBy(backoff: Backoff | null, at: number): Backoff | null {
  return backoff && { ...backoff, until: Math.min(backoff.until, at) };
}
