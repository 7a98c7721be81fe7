import type { Event, Tags } from "@muster/model";
import { type GroupText, isOfVersion } from "../grammar.ts";
import type { Happening, Shown } from "../happening.ts";
import { markOf } from "../marks.ts";
import type { Wanted } from "../wanted.ts";
import type { Evidence, Invariant } from "./invariant.ts";
import { staying } from "./reasons.ts";

/** What is known of a group's rollout. */
interface Trouble {
  /** The version that is wanted, as a word. */
  readonly of: string;
  readonly since: number;
  /** Those that were wanted before and may not have been left yet, with the times since when they were wanted. */
  readonly left: Map<string, number>;
  /** Members of the new version that failed, and have not come up since. */
  readonly failed: Set<string>;
}

/**
 * A rollout fails only when it has: the breaker's share of its new members failed, or it has been under way for longer
 * than the progress deadline. It is reverted only where that is the policy and there is something to go back to; and
 * where only few are late, the many that have arrived are not undone for them.
 */
export const judged: Invariant = {
  name: "policy: a rollout fails only when it has",
  on: ["wrote"],
  watch: (evidence) => {
    const troubles = new Map<string, Trouble>();
    return (happening) => {
      if (happening.kind !== "wrote") return undefined;
      if (happening.declaration !== undefined) restart(happening, troubles, evidence);
      for (const event of happening.events) {
        const wrong = judge(event, happening, troubles, evidence);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    };
  },
};

/**
 * Where another version is declared, what was known of the one before counts no more; but if that is declared again
 * before the other was begun, it goes on as if nothing had been.
 */
function restart({ at }: { readonly at: number }, troubles: Map<string, Trouble>, { history }: Evidence): void {
  for (const group of history.groups()) {
    const now = history.wanted(group);
    if (now === undefined) continue;
    const of = wordOf(now);
    const before = troubles.get(group);
    if (before?.of === of) continue;
    const left = new Map(before === undefined ? [] : [...before.left, [before.of, before.since]]);
    troubles.set(group, { of, since: left.get(of) ?? at, left, failed: new Set(before?.failed) });
  }
}

function judge(
  { type, group = "" }: Event,
  { at, life }: Extract<Happening, { kind: "wrote" }>,
  troubles: Map<string, Trouble>,
  evidence: Evidence,
): string | undefined {
  const trouble = troubles.get(group);
  if (type === "rollout.started") trouble?.left.clear();
  if (trouble === undefined || !JUDGES.has(type)) return undefined;
  const { history } = evidence;
  const look = history.lookOf(life, group);
  const wanted = history.wantedSince(group, look?.began ?? at);
  for (const { promised } of wanted) {
    for (const id of history.trials.failed(promised.healthyDeadlineMs, at)) trouble.failed.add(id);
  }
  if (type === "instance.unhealthy") return undefined;
  const shares = wanted.map((each) => shareOf(each, trouble, look ? staying(look, history) : [], at, evidence));
  if (type === "rollout.reverting") restart({ at }, troubles, evidence);
  const isLate = wanted.some(({ promised }) => at - trouble.since >= promised.progressDeadlineMs);
  const isBad = shares.some(({ failed, all, share }) => failed > 0 && failed >= share * all);
  const counts = shares.map(({ failed, all }) => `${failed} of ${all}`).join(" or ");
  if (type === "rollout.failed") {
    return isBad || isLate
      ? undefined
      : `the rollout of ${group} is said to have failed, and ${counts} new members have`;
  }
  const isPolicy = wanted.some(({ promised, former }) => promised.revertsOnFailure && former !== undefined);
  if (!isPolicy) return `${group} is reverted, and that is not its policy`;
  const areFew = shares.every(({ lacking, share, size }) => lacking < share * size);
  return isBad || (isLate && !areFew) ? undefined : `${group} is reverted, and ${counts} new members failed`;
}

const JUDGES: ReadonlySet<Event["type"]> = new Set(["instance.unhealthy", "rollout.failed", "rollout.reverting"]);

/** How many members of a version have failed, among all of it that were seen. */
function shareOf(
  { aim, text, promised }: Wanted,
  trouble: Trouble,
  shown: readonly Shown[],
  at: number,
  { history, world }: Evidence,
) {
  const now = new Set(history.trials.failed(promised.healthyDeadlineMs, at));
  // Whoever fills a place that is not declared any more says nothing of the version.
  const isNew = (id: string) => {
    const thing = world.thing(id);
    return thing !== undefined && isOfVersion(aim, thing.properties) && isPlaced(text, thing.tags);
  };
  // Whoever was taken away has not recovered.
  const hasFailed = (id: string) => isNew(id) && (now.has(id) || world.thing(id)?.gone !== undefined);
  const failed = [...trouble.failed].filter(hasFailed);
  // Who has ended since is none of those that did not fail: it may be on its way out already.
  const others = shown.filter(({ id, phase }) => isNew(id) && phase !== "ended" && !failed.includes(id)).length;
  const arrived = shown.filter(({ id }) => isNew(id) && history.trials.surelyCounts(id)).length;
  const { size, breakerShare: share } = promised;
  return { failed: failed.length, all: failed.length + others, lacking: size - arrived, size, share };
}

function isPlaced({ size }: GroupText, tags: Tags): boolean {
  return typeof size === "number" || size.includes(markOf(tags).slot);
}

function wordOf({ aim: { image, note, flavor }, steering }: Wanted): string {
  return `${image} ${note} ${flavor} ${steering?.retriedIn}`;
}
