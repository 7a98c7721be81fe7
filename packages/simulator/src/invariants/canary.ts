import type { Event } from "@muster/model";
import { isOfVersion } from "../grammar.ts";
import type { Happening, Shown } from "../happening.ts";
import { markOf, membersOf } from "../marks.ts";
import type { CallRecord, History } from "../records.ts";
import type { Wanted } from "../wanted.ts";
import { isCarried } from "./carried.ts";
import type { Evidence, Invariant } from "./invariant.ts";

/** The rollout of one group, as the history tells of it. */
interface Rollout {
  /** The version that it is of, as a word. */
  readonly of: string;
  promoted: boolean;
}

/**
 * Never more than `canary` members of a new version before it is promoted: by a person, or when the canaries have been
 * well for the bake time.
 *
 * Counted in truth at every create and change of a rollout that was told to have begun: those of the new version that
 * live in a declared place, also on the way out, and those that calls under way will make. Where there is no version of
 * before, whoever comes back can only be of the new one. That it was promoted is believed only where a person was heard
 * to say so, or the canaries were seen to be well for so long.
 */
export const canary: Invariant = {
  name: "policy: canaries go before the others",
  on: ["wrote", "called"],
  watch: (evidence) => {
    const { history } = evidence;
    const rollouts = new Map<string, Rollout>();
    return (happening) => {
      if (happening.kind === "called") return beyond(happening, rollouts, evidence);
      if (happening.kind !== "wrote") return undefined;
      for (const group of rollouts.keys()) if (!isCarried(history.wanted(group))) rollouts.delete(group);
      for (const event of happening.events) {
        const wrong = take(event, happening, rollouts, evidence);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    };
  },
};

const ENDS: ReadonlySet<Event["type"]> = new Set(["rollout.finished", "rollout.reverting", "rollout.reverted"]);

function take(
  { type, group = "" }: Event,
  { life, at }: Extract<Happening, { kind: "wrote" }>,
  rollouts: Map<string, Rollout>,
  evidence: Evidence,
): string | undefined {
  const { history } = evidence;
  const wanted = history.wanted(group);
  if (wanted === undefined) return undefined;
  if (type === "rollout.started") rollouts.set(group, { of: wordOf(wanted), promoted: false });
  if (ENDS.has(type)) rollouts.delete(group);
  if (type !== "rollout.promoted") return undefined;
  const rollout = rollouts.get(group);
  if (rollout !== undefined) rollout.promoted = true;
  const look = history.lookOf(life, group);
  const all = history.wantedSince(group, look?.began ?? at);
  const isMeant = all.some((each) => mayPromote(each, look?.shown ?? [], at, history));
  return isMeant ? undefined : `the canaries of ${group} were promoted, and neither a person nor the time has done so`;
}

/** Of those that were seen: one that has died since may have been believed well. */
function mayPromote(wanted: Wanted, shown: readonly Shown[], at: number, history: History): boolean {
  const { steering, promised, text } = wanted;
  if (steering?.promoted === true) return true;
  const { bakeMs } = promised;
  if (bakeMs === undefined) return false;
  const baked = shown.filter(({ id, properties }) => {
    const since = history.trials.passingSince(id);
    return isOfVersion(text, properties) && since !== undefined && at - since >= bakeMs;
  });
  return baked.length >= promised.canary;
}

function beyond(
  { call }: Extract<Happening, { kind: "called" }>,
  rollouts: ReadonlyMap<string, Rollout>,
  { history, world, promisesKept }: Evidence,
): string | undefined {
  const mine = history.calls.get(call);
  if (mine?.decision === undefined || mine.verb === "destroy" || mine.loose || !promisesKept) return undefined;
  const { group, decision } = mine;
  const rollout = rollouts.get(group);
  if (rollout === undefined || rollout.promoted) return undefined;
  const wanted = history.wantedSince(group, decision.look?.began ?? decision.at);
  if (!wanted.every((each) => hasCanaries(each, rollout) && isOfVersion(each.text, mine.want))) return undefined;
  // Where it was declared anew in the same moment nobody can tell which of them was kept to.
  const wrong = wanted.map((each) => tooMany(each, group, { history, world }));
  const [first] = wrong;
  if (first === undefined || wrong.includes(undefined)) return undefined;
  return `call ${call} makes one of ${first}`;
}

/** How many there are of the new version, and how many may be; undefined where they are not too many. */
function tooMany(
  { text, promised }: Wanted,
  group: string,
  { history, world }: Pick<Evidence, "history" | "world">,
): string | undefined {
  const isPlaced = (slot: string) => typeof text.size === "number" || text.size.includes(slot);
  const there = membersOf(world, group).filter(
    ({ properties, tags }) => isOfVersion(text, properties) && isPlaced(markOf(tags).slot),
  );
  const ids = new Set(there.map(({ id }) => id));
  const isComing = (each: CallRecord) =>
    each.group === group && each.verb !== "destroy" && isOfVersion(text, each.want) && !each.took && !ids.has(each.id);
  const coming = [...history.underWay()].filter(isComing).length;
  if (ids.size + coming <= promised.canary) return undefined;
  return `${ids.size + coming} of the new version of ${group}, and ${promised.canary} go before the others`;
}

function hasCanaries(wanted: Wanted, { of }: Rollout): boolean {
  const { promised, reverted, steering, former } = wanted;
  if (promised.canary === 0 || reverted !== "no" || steering?.promoted === true || former === undefined) return false;
  return wordOf(wanted) === of && of !== wordOf({ text: former });
}

function wordOf({ text: { image, note, flavor } }: Pick<Wanted, "text">): string {
  return `${image} ${note} ${flavor}`;
}
