import type { Living } from "./census.ts";

const HEALTH_RANK = { failing: 0, waiting: 1, ready: 2 } as const;

/**
 * Who goes first when there are too many: who fills no declared place, unhealthy ones, those not ready yet, outdated
 * ones, then the newest.
 */
export function goesFirst(a: Living, b: Living): number {
  return (
    Number(a.placed) - Number(b.placed) ||
    HEALTH_RANK[a.health] - HEALTH_RANK[b.health] ||
    Number(a.current) - Number(b.current) ||
    b.seen.since - a.seen.since ||
    compareText(b.seen.id, a.seen.id)
  );
}

/** Who is changed first: unhealthy ones, those that can be changed in place, then the lowest id. */
export function changedFirst(a: Living, b: Living): number {
  return (
    HEALTH_RANK[a.health] - HEALTH_RANK[b.health] ||
    Number(b.current) - Number(a.current) ||
    compareText(a.seen.id, b.seen.id)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
