import type { Happening, Shown } from "../happening.ts";
import { membersOf } from "../marks.ts";
import type { CallRecord, Decision, History } from "../records.ts";
import type { Evidence, Invariant } from "./invariant.ts";
import { reasonsFor, staying } from "./reasons.ts";

/**
 * 3a. By our own hand never fewer healthy members than `size - maxUnavailable`.
 *
 * Checked when destroys are written down, against the look they rest on: what the list really showed and the flavor
 * really said. Members that a person named do not count, nor those that are known not to be up (the flavor says so, or
 * they are still starting). A member of which nothing is known may be healthy: taking it away is taking a healthy one.
 * Of all that was declared since the look began the mildest counts, because a decision cannot know of a later commit.
 */
export const available: Invariant = {
  name: "3 never too few healthy members by our own hand",
  on: ["wrote"],
  watch: (evidence) => (happening) => {
    if (happening.kind !== "wrote" || evidence.history.wave().length === 0) return undefined;
    for (const [group, destroys] of byGroup(evidence.history.wave())) {
      const wrong = tooFew(group, destroys, evidence);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  },
};

function tooFew(group: string, destroys: readonly Decision[], { history }: Evidence): string | undefined {
  const { look, at = 0 } = destroys[0] ?? {};
  if (look === undefined) return undefined;
  const ours = destroys.filter((each) => !reasonsFor(each, history).includes("asked"));
  const doomed = new Set(destroys.map(({ instance }) => instance));
  const costs = ours.filter(
    (each) =>
      mayBeHealthy(each.instance ?? "", look.shown, look.verdicts) && !reasonsFor(each, history).includes("unhealthy"),
  );
  if (costs.length === 0) return undefined;
  const promises = history.wantedSince(group, look.began).map(({ promised }) => promised);
  const minReadyMs = Math.min(...promises.map((promised) => promised.minReadyMs));
  const healthy = staying(look, history).filter(
    ({ id }) =>
      !doomed.has(id) &&
      !history.wasAskedFor(id) &&
      look.verdicts.get(id)?.kind === "pass" &&
      !history.trials.isTried(id, minReadyMs, at),
  );
  const least = Math.min(...promises.map((promised) => promised.least));
  if (healthy.length >= least) return undefined;
  const names = costs.map(({ instance }) => instance).join(", ");
  return `taking away ${names} leaves ${healthy.length} healthy members of ${group}, and ${least} must stay`;
}

function mayBeHealthy(
  id: string,
  shown: readonly Shown[],
  verdicts: ReadonlyMap<string, { readonly kind: string }>,
): boolean {
  const isRunning = shown.find((each) => each.id === id)?.phase === "running";
  return isRunning && verdicts.get(id)?.kind !== "fail";
}

function byGroup(wave: readonly Decision[]): ReadonlyMap<string, readonly Decision[]> {
  return Map.groupBy(
    wave.filter(({ kind }) => kind === "destroy"),
    ({ group }) => group,
  );
}

/**
 * 3b. Never a create above `size + maxSurge`.
 *
 * Checked at every create against the truth: the group's living things, and those that other creates are still going to
 * make. Whatever Muster has made it knows of, by the list or by the intent; so lag is no excuse while it is as long as
 * the type promised; only of a group that was let go in between nothing is remembered. Of all that was declared since the look began the largest counts.
 */
export const surge: Invariant = {
  name: "3 never a create above size + maxSurge",
  on: ["called"],
  watch: (evidence) => (happening) => {
    if (happening.kind !== "called" || happening.verb !== "create" || !evidence.promisesKept) return undefined;
    return tooMany(happening, evidence);
  },
};

function tooMany({ call }: Extract<Happening, { kind: "called" }>, { history, world }: Evidence): string | undefined {
  const mine = history.calls.get(call);
  const decision = mine?.decision;
  if (mine === undefined || decision === undefined || mine.loose) return undefined;
  const { group } = mine;
  const shownSince = decision.look?.began ?? decision.at;
  const coming = [...history.underWay()]
    .filter((each) => each.group === group && isComing(each))
    .filter(({ began }) => !history.wasForgottenSince(group, began)).length;
  const wanted = history.wantedSince(group, shownSince);
  const most = Math.max(...wanted.map(({ promised }) => promised.most));
  const living = membersOf(world, group);
  // Nearly always there are few enough, whoever of them is to be left out.
  if (living.length + coming <= most) return undefined;
  const forgotten = idsForgotten(group, history);
  const loose = idsOfLoose(group, history);
  const alive = living.filter(
    ({ id, listedFrom }) => listedFrom <= shownSince || !(forgotten.has(id) || loose.has(id)),
  );
  if (alive.length + coming <= most) return undefined;
  return `call ${call} makes one more of ${group}: ${alive.length} are there, ${coming} are coming, and ${most} may be`;
}

/** What was called, of anybody, before the group was let go. */
function idsForgotten(group: string, history: History): ReadonlySet<string> {
  if (!history.wasForgottenSince(group, Number.NEGATIVE_INFINITY)) return new Set();
  const before = [...history.calls.values()].filter(({ began }) => history.wasForgottenSince(group, began));
  return new Set(before.map(({ id }) => id));
}

/** What was made by those who had lost the stack. */
function idsOfLoose(group: string, history: History): ReadonlySet<string> {
  const made = [...history.calls.values()].filter((call) => call.loose && call.group === group);
  return new Set(made.map(({ id }) => id));
}

/** It has not made anything yet, and will. This one itself is one of them. */
function isComing({ verb, took, ended }: CallRecord): boolean {
  return verb === "create" && !took && (ended === undefined || ended.late);
}
