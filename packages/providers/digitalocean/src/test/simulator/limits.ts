/** How many requests a token may make. Each is counted until it is an hour, or a minute, old. */
import { type Answer, failure } from "./answer.ts";

export interface LimitSettings {
  /** Requests in any hour, and in any minute. */
  readonly perHour: number;
  readonly perMinute: number;
  /** Lists of SSH keys in any minute. */
  readonly keyListsPerMinute: number;
}

export const DOCUMENTED_LIMITS: LimitSettings = { perHour: 5_000, perMinute: 250, keyListsPerMinute: 10 };

export interface Limits {
  /** Counts a request. Answers what refuses it, or undefined where it may be made. */
  take(token: string, isKeyList: boolean, now: number): Answer | undefined;
  /** The headers that go with every answer to this token. */
  headers(token: string, now: number): Readonly<Record<string, string>>;
  /** As if the token had made all the requests that it may make. */
  exhaust(token: string, span: "hour" | "minute", now: number): void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function limitsOf(settings: LimitSettings): Limits {
  const counted = new Map<string, { hour: number[]; minute: number[]; keys: number[] }>();

  function of(token: string, now: number) {
    const all = counted.get(token) ?? { hour: [], minute: [], keys: [] };
    counted.set(token, all);
    forget(all.hour, now - HOUR);
    forget(all.minute, now - MINUTE);
    forget(all.keys, now - MINUTE);
    return all;
  }

  return {
    take(token, isKeyList, now) {
      const { hour, minute, keys } = of(token, now);
      if (hour.length >= settings.perHour) return failure(429, "API rate limit exceeded.");
      if (minute.length >= settings.perMinute) {
        // Only this limit says when to come again.
        const seconds = Math.max(1, Math.ceil(((minute[0] ?? now) + MINUTE - now) / 1000));
        return failure(429, "API burst rate limit exceeded.", { "retry-after": String(seconds) });
      }
      if (isKeyList && keys.length >= settings.keyListsPerMinute) return failure(429, "API rate limit exceeded.");
      hour.push(now);
      minute.push(now);
      if (isKeyList) keys.push(now);
      return undefined;
    },
    headers(token, now) {
      const { hour } = of(token, now);
      return {
        "ratelimit-limit": String(settings.perHour),
        "ratelimit-remaining": String(Math.max(0, settings.perHour - hour.length)),
        "ratelimit-reset": String(Math.ceil(((hour[0] ?? now) + HOUR) / 1000)),
      };
    },
    exhaust(token, span, now) {
      const all = of(token, now);
      const most = span === "hour" ? settings.perHour : settings.perMinute;
      while (all[span].length < most) all[span].push(now);
    },
  };
}

/** Drops what is not later than this. */
function forget(times: number[], until: number): void {
  const kept = times.findIndex((time) => time > until);
  if (kept !== 0) times.splice(0, kept < 0 ? times.length : kept);
}
