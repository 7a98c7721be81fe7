import type { Verdict } from "@muster/model";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import type { Call } from "./memory.ts";

/** How a member does: `ready` passes, `failing` does not, `waiting` cannot be told yet. */
export type Health = "ready" | "waiting" | "failing";

/** A member that is there and that nobody is destroying. */
export interface Living {
  readonly seen: Seen;
  readonly health: Health;
  /** It is known not to be up, so that taking it away costs nothing. Of one whose health is unknown nobody can say so. */
  readonly down: boolean;
  readonly current: boolean;
  /** It fills a place that is declared. */
  readonly placed: boolean;
  /** A call that is open on it. */
  readonly call: Call | undefined;
}

/** Everybody who belongs to the group, seen or expected, each counted once. */
export interface Census {
  readonly living: readonly Living[];
  /** Creates that are open and not seen yet. */
  readonly pending: readonly Call[];
  /** Members with an open destroy, seen or not. */
  readonly leaving: readonly Call[];
}

const UNKNOWN: Verdict = { kind: "unknown", reason: "not asked yet" };

export function takeCensus(
  declared: DeclaredGroup,
  traits: Traits,
  look: GoodLook,
  open: readonly Call[],
  now: number,
): Census {
  const names = declared.slots.kind === "named" ? new Set(declared.slots.names) : undefined;
  const callOn = new Map<string, Call>();
  const createOf = new Map<string, Call>();
  const leaving: Call[] = [];
  for (const call of open) {
    if (call.kind === "create") createOf.set(call.intent, call);
    else if (call.instance !== null) callOn.set(call.instance, call);
    if (call.kind === "destroy") leaving.push(call);
  }
  const living: Living[] = [];
  for (const seen of look.members) {
    const call = callOn.size > 0 ? callOn.get(seen.id) : undefined;
    if (seen.mark.intent !== undefined && createOf.size > 0) createOf.delete(seen.mark.intent);
    if (call?.kind === "destroy") continue;
    const verdict = look.verdicts.get(seen.id) ?? UNKNOWN;
    living.push({
      seen,
      health: healthOf(seen, verdict, traits, now),
      down: verdict.kind === "fail" || (verdict.kind === "unknown" && seen.phase !== "running"),
      current: seen.mark.revision === declared.revision,
      placed: names === undefined || (seen.mark.slot !== undefined && names.has(seen.mark.slot)),
      call,
    });
  }
  const unsigned = createOf.size > 0 ? look.members.filter(({ mark }) => mark.intent === undefined) : [];
  const shown = new Set(unsigned.map(({ id }) => id));
  const pending = [...createOf.values()].filter((call) => call.instance === null || !shown.has(call.instance));
  return { living, pending, leaving };
}

export function healthOf(seen: Seen, verdict: Verdict, traits: Traits, now: number): Health {
  if (verdict.kind === "pass") return "ready";
  if (verdict.kind === "unknown") return "waiting";
  return now - seen.since < traits.initialDelayMs ? "waiting" : "failing";
}

export function readyCount(census: Census): number {
  let ready = 0;
  for (const { health } of census.living) if (health === "ready") ready++;
  return ready;
}

/** A change of it is under way. One that was refused does not stand in the way of taking it away. */
export function isBusy({ call }: Living): boolean {
  return call !== undefined && call.state.kind !== "failed";
}

/** How many would be ready if this one were gone. */
export function readyWithout(census: Census, member: Living): number {
  return readyCount(census) - (member.health === "ready" ? 1 : 0);
}

/** Everybody there is or may be: what a create must not push above size + maxSurge. */
export function headCount(census: Census): number {
  return census.living.length + census.pending.length + census.leaving.length;
}
