/** `Updating`: how InfraKit's last version carries a change through a group. */
import { DEFAULT_WAITS, type Json, type RolloutDeclaration } from "@muster/model";
import { readCount } from "./amounts.ts";
import { MAX_DURATION_MS, outOfRange } from "./durations.ts";
import { type Found, isGiven, readKeys } from "./infrakit-keys.ts";
import type { Problems } from "./problems.ts";
import { described, nameOf, readMapping, wrongKind } from "./values.ts";

/** InfraKit asks so often unless told, in milliseconds. `Count` counts its questions. */
const POLL_MS = 10_000;

/** One at a time, the old one first, and nothing is waited for: so InfraKit does unless told. */
const ONE_BY_ONE = {
  maxUnavailable: { kind: "count", count: 1 },
  maxSurge: { kind: "count", count: 0 },
  minReadyMs: 0,
  initialDelayMs: 0,
} as const satisfies RolloutDeclaration;

/** Undefined only where it has noted a problem. */
export function readUpdating(found: Found, group: string, problems: Problems): RolloutDeclaration | undefined {
  if (!isGiven(found)) return ONE_BY_ONE;
  const mapping = readMapping(found.value, found.path, problems);
  if (mapping === undefined) return undefined;
  const known = ["Duration", "Count", "SkipBeforeInstanceDestroy"] as const;
  const { Duration, Count, SkipBeforeInstanceDestroy: Skip } = readKeys(mapping, found.path, known, problems);
  const duration = isGiven(Duration) ? readGoDuration(Duration, problems) : 0;
  const most = Math.floor(MAX_DURATION_MS / POLL_MS);
  const count = isGiven(Count) ? readCount(Count.value, { least: 0, most }, Count.path, problems) : 0;
  const skips = isGiven(Skip) && Skip.value === "drain";
  if (isGiven(Skip) && !skips) wrongKind(Skip.value, "`drain`, or not there", Skip.path, problems);
  if (duration === undefined || count === undefined) return undefined;
  if (duration > 0 && count > 0) {
    const detail = "`Duration` and `Count` both say how long a new member must be healthy";
    const fix = "Keep one of them; the other is 0, or not there.";
    problems.add("declaration.policies-contradict", { group, detail, fix }, Count.path);
    return undefined;
  }
  return { ...healthyFor(duration + count * POLL_MS), ...(skips ? { drainTimeoutMs: 0 } : {}) };
}

/** InfraKit knows no deadline: the ones there are begin when it would have been content. */
function healthyFor(minReadyMs: number): RolloutDeclaration {
  if (minReadyMs === 0) return ONE_BY_ONE;
  const { healthyDeadlineMs, progressDeadlineMs } = DEFAULT_WAITS;
  return {
    ...ONE_BY_ONE,
    minReadyMs,
    healthyDeadlineMs: minReadyMs + healthyDeadlineMs,
    progressDeadlineMs: minReadyMs + progressDeadlineMs,
  };
}

/** As programs in Go write durations, in milliseconds: units down to nanoseconds, fractions, any order. */
function readGoDuration({ value, path }: Found, problems: Problems): number | undefined {
  const ms = goDurationOf(value);
  const wrong = ms === undefined ? { detail: "it is not a number with a unit", fix: GO_EXAMPLES } : outOfRange(ms, 0);
  if (wrong === undefined) return ms;
  problems.add("declaration.bad-duration", { what: nameOf(path), found: described(value), ...wrong }, path);
  return undefined;
}

const GO_EXAMPLES = "Write `10s`, `1m30s` or `0s`.";
const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

function goDurationOf(value: Json | undefined): number | undefined {
  if (value === 0 || value === "0") return 0;
  const parts = /^\+?((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
  if (typeof value !== "string" || value.length > 100 || !parts.test(value)) return undefined;
  let ms = 0;
  for (const [, count, unit = ""] of value.matchAll(/([\d.]+)([a-zµμ]+)/g)) ms += Number(count) * (GO_UNITS[unit] ?? 0);
  return Math.ceil(ms);
}
