import { sizeOf } from "../grammar.ts";
import type { Shown } from "../happening.ts";
import { markOf } from "../marks.ts";
import type { Decision, History, LookRecord } from "../records.ts";
import type { Wanted } from "../wanted.ts";

/** Why Muster may destroy a member. Found from what it was shown, not from what it says. */
export type Reason =
  /** A person named the member, or the group is to be destroyed. */
  | "asked"
  /** It is more than was declared, or fills a place that is not declared, or one that another fills. */
  | "surplus"
  | "outdated"
  | "unhealthy";

/** Everything that may be meant by a destroy, with what was declared at any time since its look began. */
export function reasonsFor(decision: Decision, history: History): readonly Reason[] {
  const { look, instance } = decision;
  const member = look?.shown.find(({ id }) => id === instance);
  if (look === undefined || member === undefined) return [];
  const wanted = history.wantedSince(decision.group, look.began);
  const reasons: Reason[] = [];
  if (history.wasAskedFor(member.id) || wanted.some(({ steering }) => steering?.goal === "destroying"))
    reasons.push("asked");
  if (wanted.some((each) => isSurplus(member, look, each))) reasons.push("surplus");
  if (wanted.some(({ aim }) => member.properties["image"] !== aim.image)) reasons.push("outdated");
  if (isUnhealthy(member.id, decision, look, history)) reasons.push("unhealthy");
  return reasons;
}

/** It is said to fail; or it failed while it was tried, or took too long to come up, and nobody says that it is well now. */
function isUnhealthy(id: string, { group, at }: Decision, { verdicts, began }: LookRecord, history: History): boolean {
  const verdict = verdicts.get(id)?.kind;
  if (verdict === "fail") return true;
  if (verdict === "pass") return false;
  const deadlines = history.wantedSince(group, began).map(({ promised }) => promised.healthyDeadlineMs);
  return history.trials.hasFailed(id, Math.min(...deadlines), at);
}

function isSurplus(member: Shown, look: LookRecord, { text }: Wanted): boolean {
  if (look.shown.length > sizeOf(text)) return true;
  if (typeof text.size === "number") return false;
  const { slot } = markOf(member.tags);
  const bearers = look.shown.filter(({ tags }) => markOf(tags).slot === slot);
  return !text.size.includes(slot) || bearers.length > 1;
}

/** The members of a look that nobody is taking away, as far as Muster can remember. */
export function staying(look: LookRecord, history: History): readonly Shown[] {
  const leaving = new Set<string>();
  for (const { verb, group, began, id } of history.unresolved()) {
    if (verb === "destroy" && !history.wasForgottenSince(group, began)) leaving.add(id);
  }
  return look.shown.filter(({ id }) => !leaving.has(id) && !history.isPlanned(id));
}
