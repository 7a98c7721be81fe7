import type { Decision, LookRecord } from "../history.ts";
import type { Evidence, Invariant } from "./invariant.ts";
import { reasonsFor, staying } from "./reasons.ts";

const BREAKER_LEAST = 2;
const BREAKER_SHARE = 0.4;
/**
 * 4. Repair never destroys more than the breaker allows: one at a time, and nobody where at least two members and 40 %
 * of those that are there fail together. And nobody is destroyed without a reason at all.
 *
 * A repair is a destroy that nothing else explains: nobody asked for it, and the member is neither too many nor
 * outdated. Checked when it is written down, against the look it rests on.
 */
export const repair: Invariant = {
  name: "4 repair stays within its limits",
  watch: (evidence) => {
    const { history } = evidence;
    return (happening) => {
      if (happening.kind !== "wrote") return undefined;
      const destroys = history.wave().filter(({ kind }) => kind === "destroy");
      const repairs: Decision[] = [];
      for (const decision of destroys) {
        const reasons = reasonsFor(decision, history);
        if (reasons.length === 0)
          return `${decision.instance} is destroyed (${decision.why}) for no reason that can be seen`;
        if (reasons.every((reason) => reason === "unhealthy")) repairs.push(decision);
      }
      const [first, second] = repairs;
      if (first?.look === undefined) return undefined;
      if (second !== undefined) return `${repairs.length} members are repaired at once`;
      return beyond(first, first.look, evidence);
    };
  },
};

function beyond({ group, instance }: Decision, look: LookRecord, { history, graceMs }: Evidence): string | undefined {
  const there = staying(look, history);
  const failing = there.filter(
    ({ id, since }) => look.verdicts.get(id)?.kind === "fail" && look.ended - since >= graceMs,
  ).length;
  if (failing >= BREAKER_LEAST && failing >= BREAKER_SHARE * there.length) {
    return `${instance} of ${group} is repaired though ${failing} of ${there.length} fail together`;
  }
  return undefined;
}
