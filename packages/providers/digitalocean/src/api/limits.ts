/** How often the API may be asked: 250 requests a minute and 5,000 an hour, for all who share a token. */
import { ProviderError } from "@muster/plugin";
import type { Waits } from "../waits.ts";

export interface Limits {
  /** Returns when one more may be sent. Throws `retryable` where that would take too long. */
  turn(signal: AbortSignal): Promise<void>;
  /** Heeds what an answer tells of how many are left. */
  heed(headers: Headers): void;
  /**
   * What a refusal of status 429 means. Where everybody's limit is used up, nothing is sent for as long as it says.
   *
   * @returns whose limit it is: everybody's, or that of this one kind of request (SSH keys are listed ten times a minute)
   * @throws ProviderError `retryable` where that is too long to be waited for
   */
  refused(headers: Headers): "everybody" | "this";
}

/** Whoever would have to wait longer is told so instead, in milliseconds. */
const PATIENCE_MS = 60_000;
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
      const until = endToldBy(headers, now());
      if (until === undefined) return "this";
      closedUntil = Math.max(closedUntil, until);
      if (closedUntil - now() > PATIENCE_MS) throw tooLong(closedUntil);
      return "everybody";
    },
  };
}

/** `retry-after` comes with the limit of a minute only; of the hour's it is told when the oldest request expires. */
function endToldBy(headers: Headers, now: number): number | undefined {
  const seconds = numberIn(headers, "retry-after");
  if (seconds !== undefined) return now + seconds * 1_000;
  const reset = numberIn(headers, "ratelimit-reset");
  return reset === undefined || numberIn(headers, "ratelimit-remaining") !== 0 ? undefined : reset * 1_000;
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
