/** How often the API may be asked: 250 requests a minute and 5,000 an hour, for all who share a token. */
import { ProviderError } from "@muster/plugin";
import type { Waits } from "../waits.ts";

export interface Limits {
  /** Returns when one more may be sent. Throws `retryable` where that would take too long. */
  turn(signal: AbortSignal): Promise<void>;
  /** Heeds what an answer tells of how many are left. */
  heed(headers: Headers): void;
  /**
   * Nothing is sent for as long as a refusal of status 429 says.
   *
   * @throws ProviderError `retryable` where that is too long to be waited for
   */
  refused(headers: Headers): void;
}

/** Whoever would have to wait longer is told so instead, in milliseconds. */
const PATIENCE_MS = 60_000;
/** Where a refusal does not say how long it holds. */
const UNTOLD_MS = 5_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

export function limitsOf(now: () => number, waits: Waits): Limits {
  const minute = bucket({ most: 250, every: MINUTE }, now);
  const hour = bucket({ most: 5_000, every: HOUR }, now);
  let closedUntil = 0;

  return {
    async turn(signal) {
      const wait = Math.max(minute.wait(), hour.wait(), closedUntil - now());
      if (wait > PATIENCE_MS) throw tooLong(now() + wait);
      minute.take();
      hour.take();
      if (wait > 0) await waits.rest(wait, signal);
    },
    heed(headers) {
      const left = numberIn(headers, "ratelimit-remaining");
      if (left !== undefined) hour.atMost(left);
    },
    refused(headers) {
      const wait = waitToldBy(headers, now());
      closedUntil = Math.max(closedUntil, now() + wait);
      if (wait > PATIENCE_MS) throw tooLong(closedUntil);
    },
  };
}

/** `retry-after` comes with the limit of a minute only; of the hour's it is told when the oldest request expires. */
function waitToldBy(headers: Headers, now: number): number {
  const seconds = numberIn(headers, "retry-after");
  if (seconds !== undefined) return seconds * 1_000;
  const reset = numberIn(headers, "ratelimit-reset");
  return reset === undefined || reset * 1_000 < now ? UNTOLD_MS : reset * 1_000 - now;
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function tooLong(until: number): ProviderError {
  const when = new Date(until).toISOString().slice(11, 19);
  return new ProviderError("retryable", `the API's limit of requests is used up until ${when} UTC`);
}

interface Bucket {
  /** How long until there is one more, in milliseconds. */
  wait(): number;
  /** Takes one, also one that is only to come: those who wait are a debt. */
  take(): void;
  atMost(left: number): void;
}

function bucket({ most, every }: { readonly most: number; readonly every: number }, now: () => number): Bucket {
  let left = most;
  let at = now();
  const fill = () => {
    left = Math.min(most, left + ((now() - at) * most) / every);
    at = now();
  };
  return {
    wait() {
      fill();
      return left >= 1 ? 0 : ((1 - left) * every) / most;
    },
    take() {
      left -= 1;
    },
    atMost(known) {
      fill();
      left = Math.min(left, known);
    },
  };
}
