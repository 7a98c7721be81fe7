import type { Invariant } from "./invariant.ts";

const HOUR_MS = 3_600_000;

/**
 * Never more creates in an hour than `createsPerHour`, whatever the reason.
 *
 * Any hour counts, from each create back; of what was declared in it the largest number. Of a group that was let go
 * nothing is remembered.
 */
export const hour: Invariant = {
  name: "4 creates stay within the hour's number",
  on: ["called"],
  watch: ({ history }) => {
    const creates = new Map<string, readonly number[]>();
    return (happening) => {
      if (happening.kind !== "called" || happening.verb !== "create") return undefined;
      const { call } = happening;
      const { group = "", decision } = history.calls.get(call) ?? {};
      if (decision === undefined) return undefined;
      // What it takes to prepare a create does not make it a later one; and between the decision and its being written down
      // Muster may have been stopped for a while.
      const { at, look } = decision;
      const decidedAt = Math.min(at, look?.ended ?? at);
      const isOfThisHour = (time: number) => time > at - HOUR_MS && !history.wasForgottenSince(group, time);
      const recent = [...(creates.get(group) ?? []).filter(isOfThisHour), decidedAt];
      creates.set(group, recent);
      const wanted = history.wantedSince(group, at - HOUR_MS);
      const most = Math.max(...wanted.map(({ promised }) => promised.createsPerHour));
      return recent.length > most
        ? `call ${call} is create ${recent.length} of ${group} within an hour, and ${most} may be`
        : undefined;
    };
  },
};
