/** Why a step that is decided is not begun yet. */
import type { DecidedStep, Wanted } from "@muster/engine";
import type { Clock } from "../ports.ts";
import type { BoundResource } from "./bound.ts";
import type { ResourcesMemory } from "./memory.ts";
import type { Found } from "./sight.ts";
import type { End, Visited } from "./visited.ts";

export interface WaitsDeps {
  readonly clock: Clock;
  memory(): ResourcesMemory;
  restingBecause(address: string): string | undefined;
  missedSince(address: string, lookedAt: number): number;
  hasWaitedLong(address: string): boolean;
}

/** A list that has shown nothing is asked once more after so long at least, in milliseconds. */
const CONFIRMED_AFTER_MS = 1_000;

/** Undefined: it can be begun. */
export function whyNotYet(
  { effect }: DecidedStep,
  bound: BoundResource,
  { unknown }: Wanted,
  { lookedAt, vanished }: Found,
  earlier: readonly Visited[],
  deps: WaitsDeps,
): End | undefined {
  const { address } = bound.resource;
  const [missing] = Object.values(unknown);
  if (missing !== undefined && effect !== "destroy") {
    const message = `${missing.text} is not known yet`;
    const source = earlier.find((each) => each.address === missing.address);
    // One that has just been made may not show everything at once. One that has been there for long does not show it ever.
    if (source?.end.kind !== "done" && deps.hasWaitedLong(address)) {
      return { kind: "failed", message: `${message}, though ${missing.address} is there`, untried: true };
    }
    return { kind: "waiting", message };
  }
  if (bound.known === "tags" && effect === "create") {
    const until = settledAt(bound, deps);
    if (lookedAt < until) return { kind: "waiting", message: "what came of its creation is not told yet", until };
    if (vanished) {
      const confirmed = deps.missedSince(address, lookedAt) + Math.max(CONFIRMED_AFTER_MS, bound.type.settleMs);
      if (lookedAt < confirmed) {
        return { kind: "waiting", message: "it is not shown any more, and is looked for again", until: confirmed };
      }
    }
  }
  const resting = deps.restingBecause(address);
  return resting === undefined ? undefined : { kind: "failed", message: resting, untried: true };
}

/** When a look has to have begun that shows what came of a create; ms since 1970. */
function settledAt(bound: Extract<BoundResource, { known: "tags" }>, { clock, memory }: WaitsDeps): number {
  const open = memory().open[bound.resource.address];
  if (open === undefined) return Number.NEGATIVE_INFINITY;
  return (open.endedAt ?? clock.now()) + bound.type.settleMs;
}
