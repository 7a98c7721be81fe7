import { replacedFirst } from "./order.ts";
import { NOTHING, type Scene, type Step } from "./step.ts";

/** At least so many, and at least this share of those that are there: then it is not the members that are ill. */
const BREAKER_LEAST = 2;
const BREAKER_SHARE = 0.4;

/**
 * Takes away a member that fails, one at a time, so that it is refilled. Where many fail together, destroying helps
 * nobody: the breaker holds everything until a person or the cause itself has changed something.
 */
export function repair({ census, memory, now }: Scene): Step {
  const failing = census.living.filter((member) => member.health === "failing");
  if (failing.length === 0) return NOTHING;
  if (failing.length >= BREAKER_LEAST && failing.length >= BREAKER_SHARE * census.living.length) {
    const message = `${failing.length} of ${census.living.length} members fail together: nothing is destroyed`;
    return { wishes: [], held: { reason: "Breaker", message } };
  }
  if (census.pending.length > 0 || census.leaving.length > 0) return NOTHING;
  const backoff = memory.repairing;
  if (backoff !== null && now < backoff.until) return { wishes: [], wakeAt: backoff.until };
  const first = failing.toSorted(replacedFirst).find((member) => member.call === undefined);
  if (first === undefined) return NOTHING;
  const { id, mark } = first.seen;
  return { wishes: [{ kind: "destroy", instance: id, slot: mark.slot ?? "", why: "unhealthy" }] };
}
