import type { Shown } from "../happening.ts";
import type { CallRecord, Decision, LookRecord } from "../records.ts";
import type { Evidence, Invariant } from "./invariant.ts";
import { reasonsFor, staying } from "./reasons.ts";

const BREAKER_LEAST = 2;
/**
 * 4. Repair never destroys more than the breaker allows: one at a time, and nobody where at least two members and 40 %
 * of those that are there fail together. And nobody is destroyed without a reason at all. Whoever has ended is none of
 * those: taking it away disturbs nobody.
 *
 * A repair is a destroy that nothing else explains: nobody asked for it, and the member is neither too many nor
 * outdated. Checked when it is written down, against the look it rests on.
 */
export const repair: Invariant = {
  name: "4 repair stays within its limits",
  on: ["wrote"],
  watch: (evidence) => {
    const { history } = evidence;
    const quarantined = new Set<string>();
    return (happening) => {
      if (happening.kind !== "wrote") return undefined;
      for (const { type, group = "" } of happening.events) {
        if (type === "revision.quarantined") quarantined.add(group);
      }
      const destroys = history.wave().filter(({ kind }) => kind === "destroy");
      const repairs: Decision[] = [];
      for (const decision of destroys) {
        const reasons = reasonsFor(decision, history);
        if (reasons.length === 0)
          return `${decision.instance} is destroyed (${decision.why}) for no reason that can be seen`;
        if (reasons.every((reason) => reason === "unhealthy") && !hasEnded(decision)) repairs.push(decision);
      }
      for (const each of repairs) {
        const wrong =
          each.look &&
          (tooManyAtOnce(each, repairs, evidence) ??
            beyond(each, each.look, quarantined.has(each.group) ? 1 : 0, evidence));
        if (wrong !== undefined) return wrong;
      }
      for (const { type, group = "" } of happening.events) if (type === "revision.released") quarantined.delete(group);
      return undefined;
    };
  },
};

function hasEnded({ look, instance }: Decision): boolean {
  return look?.shown.find(({ id }) => id === instance)?.phase === "ended";
}

function tooManyAtOnce(decision: Decision, repairs: readonly Decision[], { history }: Evidence): string | undefined {
  const { group, at, look } = decision;
  const promises = history.wantedSince(group, look?.began ?? at).map(({ promised }) => promised);
  const most = Math.max(...promises.map(({ maxInFlight }) => maxInFlight));
  const together = repairs.filter((each) => each.group === group).length;
  const isOther = (call: CallRecord) =>
    call.group === group && call.verb !== "update" && !history.wasForgottenSince(group, call.began);
  const others = [...history.unresolved()].filter(isOther).length;
  if (together + others <= most) return undefined;
  return `${decision.instance} is one of ${together + others} of ${group} under way, and ${most} may be`;
}

/** @param kept members that are known to fail and are kept to be looked into: they say nothing of the others */
function beyond(
  { group, instance }: Decision,
  look: LookRecord,
  kept: number,
  { history }: Evidence,
): string | undefined {
  const there = staying(look, history).filter(({ phase }) => phase !== "ended");
  const promises = history.wantedSince(group, look.began).map(({ promised }) => promised);
  const graceMs = Math.max(...promises.map(({ initialDelayMs }) => initialDelayMs));
  const share = Math.max(...promises.map(({ breakerShare }) => breakerShare));
  const isFailing = ({ id, since }: Shown) => look.verdicts.get(id)?.kind === "fail" && look.ended - since >= graceMs;
  const failing = there.filter(isFailing).length - kept;
  if (failing >= BREAKER_LEAST && failing >= share * there.length) {
    return `${instance} of ${group} is repaired though ${failing} of ${there.length} fail together`;
  }
  return undefined;
}
