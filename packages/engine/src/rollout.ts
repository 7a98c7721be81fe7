/**
 * Follows a version on its way to everyone: how far it has come, whether it may go on, and whether it has failed. Only
 * here is it judged; the steps ask the course what they may do.
 */
import { slotCount } from "@muster/model";
import { type Aim, isNew } from "./aim.ts";
import { arrivingCount, type Census, isStale, type Living } from "./census.ts";
import { type DeclaredGroup, type Version, versionWord } from "./declared.ts";
import type { Memory, Rollout, RolloutFailure } from "./memory.ts";
import type { Held } from "./step.ts";

/** What the steps may do for now. */
export interface Course {
  /** How many may be of the wanted version. */
  readonly limit: number;
  /** Whoever is made beyond the limit is made as this; undefined: as wanted. */
  readonly otherwise: Version | undefined;
  /** No member is changed for now. */
  readonly holds: boolean;
  /** What a person should know of the rollout. */
  readonly says: Held | undefined;
  /** Members that failed their trial stay, to be looked into, as long as enough others count. */
  readonly spares: boolean;
}

/** What became of the rollout in this pass, as a fact for the history. */
export type Turn =
  | { readonly kind: "started" }
  | { readonly kind: "promoted"; readonly by: "a person" | "time" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "reverting"; readonly reason: string }
  | { readonly kind: "finished" };

export interface Followed {
  readonly rollout: Rollout | null;
  readonly proven: string | null;
  readonly reverted: Memory["reverted"];
  readonly course: Course;
  readonly turns: readonly Turn[];
  readonly wakeAt: number | undefined;
}

export interface Journey {
  readonly aim: Aim;
  /** As declared, whatever is aimed at. */
  readonly declared: DeclaredGroup;
  readonly census: Census;
  readonly memory: Memory;
  /** Everybody is as wanted, and nothing is under way. */
  readonly whole: boolean;
  readonly now: number;
}

export function followRollout(journey: Journey): Followed {
  const { aim, memory, whole } = journey;
  const word = versionWord(aim.group);
  const { goal } = aim.group;
  if (goal === "destroy" || goal === "observe") return leftAlone(journey);
  if (whole) return arrived(journey, word);
  if (memory.proven === word && memory.rollout === null) return settledCourse(journey, word);
  if (aim.group.goal === "pause") return paused(journey, word);
  const turns: Turn[] = [];
  const rollout = beginOrGoOn(journey, word, turns);
  return judged(journey, advanced(journey, rollout), turns);
}

/** What is only looked at, or is to go, is not carried anywhere. */
function leftAlone({ aim, memory }: Journey): Followed {
  const { rollout, proven } = memory;
  return { rollout, proven, reverted: aim.reverted, course: free(aim.group), turns: [], wakeAt: undefined };
}

function arrived({ aim, memory }: Journey, word: string): Followed {
  const turns: Turn[] = memory.rollout?.changing === true ? [{ kind: "finished" }] : [];
  const course = free(aim.group);
  return { rollout: null, proven: word, reverted: aim.reverted, course, turns, wakeAt: undefined };
}

/** Everybody had it once: what differs is drift. */
function settledCourse(journey: Journey, word: string): Followed {
  const { aim } = journey;
  const course = aim.group.goal === "pause" ? { ...free(aim.group), holds: true } : free(aim.group);
  return { rollout: null, proven: word, reverted: aim.reverted, course, turns: [], wakeAt: undefined };
}

function free({ slots }: DeclaredGroup): Course {
  return { limit: slotCount(slots), otherwise: undefined, holds: false, says: undefined, spares: false };
}

/** What is there stays as it is; whoever is missing comes back as it was before, where that is known. */
function standing({ aim: { group }, census }: Journey, says: Held | undefined): Course {
  const limit = Math.min(slotCount(group.slots), arrivingCount(census, group.revision));
  return { limit, otherwise: otherThan(group), holds: true, says, spares: false };
}

function otherThan({ version, former }: DeclaredGroup): Version | undefined {
  return version === "declared" ? former : undefined;
}

function beginOrGoOn({ aim, memory, census, now }: Journey, word: string, turns: Turn[]): Rollout {
  const before = memory.rollout;
  const { generation, steered } = aim.group;
  if (before !== null && before.to === word && steered.retriedIn <= before.generation) return before;
  const changing = census.living.some((member) => member.placed && isStale(member));
  if (changing) turns.push({ kind: "started" });
  return {
    to: word,
    generation,
    startedAt: now,
    changing,
    progressAt: now,
    left: Number.MAX_SAFE_INTEGER,
    arrived: 0,
    failed: [],
    promoted: false,
    canariesAt: null,
    failure: null,
  };
}

/** Nothing is begun and nothing is judged: the time of a pause counts for nothing. */
function paused(journey: Journey, word: string): Followed {
  const { aim, memory } = journey;
  const rollout = memory.rollout?.to === word ? memory.rollout : null;
  const course = standing(journey, undefined);
  return { rollout, proven: memory.proven, reverted: aim.reverted, course, turns: [], wakeAt: undefined };
}

/** Takes in how far it has come, and who has failed or recovered. */
function advanced({ aim, census, now }: Journey, before: Rollout): Rollout {
  const newOnes = newOnesOf(census);
  const arrived = newOnes.filter(({ available }) => available).length;
  const size = slotCount(aim.group.slots);
  const left = census.living.filter((member) => member.placed && isStale(member)).length + Math.max(0, size - arrived);
  const further = left < before.left || arrived > before.arrived;
  const failed = failedAfter(before.failed, census, newOnes);
  if (!further && failed === before.failed) return before;
  return {
    ...before,
    failed,
    left: Math.min(left, before.left),
    arrived: Math.max(arrived, before.arrived),
    progressAt: further ? now : before.progressAt,
  };
}

function newOnesOf({ living }: Census): readonly Living[] {
  return living.filter((member) => member.placed && !isStale(member));
}

/** Whoever counts now has recovered; whoever was taken away has not. */
function failedAfter(before: readonly string[], census: Census, newOnes: readonly Living[]): readonly string[] {
  const fresh = census.trials.failed.filter((member) => newOnes.includes(member)).map(({ seen }) => seen.id);
  if (fresh.length === 0 && before.length === 0) return before;
  const recovered = new Set(newOnes.filter(({ available }) => available).map(({ seen }) => seen.id));
  const still = before.filter((id) => !recovered.has(id));
  return fresh.length === 0 && still.length === before.length ? before : [...new Set([...still, ...fresh])];
}

function judged(journey: Journey, gone: Rollout, turns: Turn[]): Followed {
  const { aim, declared, now } = journey;
  const { rollout, canary } = tendCanaries(journey, gone);
  if (rollout.promoted && !gone.promoted)
    turns.push({ kind: "promoted", by: aim.group.steered.promoted ? "a person" : "time" });
  const failure = failureOf(journey, rollout, canary);
  const next = failure === rollout.failure ? rollout : { ...rollout, failure };
  const common = { rollout: next, proven: null, turns } as const;
  if (failure !== null && rollout.changing) {
    const { reason, kind } = failure;
    if (kind !== rollout.failure?.kind) turns.push({ kind: "failed", reason });
    if (mayRevert(aim)) {
      turns.push({ kind: "reverting", reason });
      const reverted = { from: versionWord(declared), generation: declared.generation, reason };
      // The next pass aims at the former version.
      return { ...common, reverted, course: standing(journey, undefined), wakeAt: now };
    }
  }
  const course = courseOf(journey, next, canary);
  return { ...common, reverted: aim.reverted, course, wakeAt: wakeOf(aim.group, next, canary) };
}

/** A revert that fails is not reverted: it would go back to what has failed. */
function mayRevert({ group, reverted }: Aim): boolean {
  return (
    group.rollout.onFailure === "revert" &&
    group.version === "declared" &&
    group.former !== undefined &&
    reverted === null
  );
}

function courseOf(journey: Journey, { failure, changing }: Rollout, canary: Canary | undefined): Course {
  const { group } = journey.aim;
  if (failure?.kind === "members" && changing) {
    const says = { reason: "RolloutFailed", message: `the rollout is held: ${failure.reason}` };
    return { ...standing(journey, says), spares: true };
  }
  // What got no further in time is tried on: the cause may go away.
  const says = failure === null ? undefined : { reason: "ProgressDeadline", message: failure.reason };
  if (canary === undefined) return { ...free(group), says };
  return {
    limit: group.rollout.canary,
    otherwise: otherThan(group),
    holds: false,
    says: says ?? canary.says,
    spares: false,
  };
}

function wakeOf(
  { rollout: policy }: DeclaredGroup,
  { failure, progressAt }: Rollout,
  canary: Canary | undefined,
): number | undefined {
  if (failure !== null) return undefined;
  return canary?.complete === true ? canary.promotedAt : progressAt + policy.progressDeadlineMs;
}

/** The canaries of a rollout that has not been promoted yet. */
interface Canary {
  /** All of them count. */
  readonly complete: boolean;
  /** When time promotes them; undefined where a person does, or they are not complete. */
  readonly promotedAt: number | undefined;
  readonly says: Held | undefined;
}

function tendCanaries(
  { aim, census, now }: Journey,
  before: Rollout,
): { readonly rollout: Rollout; readonly canary: Canary | undefined } {
  const { group } = aim;
  const { canary: wanted, bakeMs } = group.rollout;
  const size = slotCount(group.slots);
  if (before.promoted || !before.changing || wanted === 0 || wanted >= size || !isNew(group, group.former)) {
    return { rollout: before, canary: undefined };
  }
  const promote = { ...before, promoted: true, progressAt: now };
  if (group.steered.promoted) return { rollout: promote, canary: undefined };
  const ready = newOnesOf(census).filter(({ available }) => available).length;
  const complete = ready >= wanted && before.failed.length === 0;
  const canariesAt = complete ? (before.canariesAt ?? now) : null;
  const promotedAt = canariesAt === null || bakeMs === null ? undefined : canariesAt + bakeMs;
  if (promotedAt !== undefined && now >= promotedAt) return { rollout: { ...promote, canariesAt }, canary: undefined };
  const rollout = canariesAt === before.canariesAt ? before : { ...before, canariesAt };
  return { rollout, canary: { complete, promotedAt, says: complete ? saysOf(group, promotedAt) : undefined } };
}

function saysOf({ name, rollout }: DeclaredGroup, promotedAt: number | undefined): Held {
  const who = rollout.canary === 1 ? "the canary is" : `${rollout.canary} canaries are`;
  const then =
    promotedAt === undefined
      ? `\`muster group promote ${name}\` changes the others, \`muster group revert ${name}\` goes back`
      : `the others follow at ${new Date(promotedAt).toISOString()}`;
  return { reason: "Canary", message: `${who} ready: ${then}`, meant: true };
}

/**
 * It has failed when too great a share of the new members has, or when nothing got further in time. One that failed
 * among many that did not is replaced, and no reason to undo the others.
 */
function failureOf(journey: Journey, rollout: Rollout, canary: Canary | undefined): RolloutFailure | null {
  const { aim, census, now } = journey;
  const { repair, rollout: policy } = aim.group;
  const failed = rollout.failed.length;
  const others = newOnesOf(census).filter(({ seen }) => !rollout.failed.includes(seen.id)).length;
  if (failed > 0 && failed >= repair.breakerShare * (failed + others)) {
    if (rollout.failure?.kind === "members") return rollout.failure;
    const which = rollout.failed.slice(0, 3).join(", ");
    const more = failed > 3 ? ` and ${failed - 3} more` : "";
    return { kind: "members", at: now, reason: `${failed} of ${failed + others} new members failed (${which}${more})` };
  }
  if (canary?.complete === true || now < rollout.progressAt + policy.progressDeadlineMs) return null;
  if (rollout.failure?.kind === "progress") return rollout.failure;
  return stuck(rollout, policy.progressDeadlineMs, now);
}

function stuck({ arrived, left }: Rollout, deadlineMs: number, at: number): RolloutFailure {
  const reason = `nothing got further for ${Math.round(deadlineMs / 1000)} s: ${arrived} arrived, ${left} left`;
  return { kind: "progress", at, reason };
}

/** The deadline passes also while nothing can be seen. */
export function stuckUnseen(declared: DeclaredGroup, { rollout }: Memory, now: number): Rollout | undefined {
  const { progressDeadlineMs } = declared.rollout;
  if (rollout === null || !rollout.changing || rollout.failure !== null || rollout.canariesAt !== null)
    return undefined;
  if (declared.goal !== "keep" || now < rollout.progressAt + progressDeadlineMs) return undefined;
  return { ...rollout, failure: stuck(rollout, progressDeadlineMs, now) };
}
