/**
 * Follows a version on its way to everyone: how far it has come, whether it may go on, and whether it has failed. Only
 * here is it judged; the steps ask the course what they may do.
 */
import { slotCount } from "@muster/model";
import type { Aim } from "./aim.ts";
import { type Canary, type Tended, tendCanaries } from "./canary.ts";
import { type Census, isStale } from "./census.ts";
import { type Course, canaryCourse, freeCourse, standingCourse } from "./course.ts";
import { type DeclaredGroup, placeOf, versionWord } from "./declared.ts";
import { type Arrivals, mayRevert, membersFailed, progressFailed } from "./failure.ts";
import type { Memory, Rollout, RolloutFailure } from "./memory.ts";
import type { Held } from "./step.ts";

/** What became of the rollout in this pass, as a fact for the history. */
export type Turn =
  | { readonly kind: "started" }
  /** The canaries are ready: a person is waited for, or the time that they bake. */
  | { readonly kind: "waiting"; readonly message: string }
  | { readonly kind: "promoted"; readonly by: "a person" | "time" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "reverting" }
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
  /** What is said against a member; undefined where nothing is. */
  readonly whyFailing: (id: string) => string | undefined;
  /** Everybody is as wanted, and nothing is under way. */
  readonly whole: boolean;
  readonly now: number;
}

export function followRollout(journey: Journey): Followed {
  const { aim, memory, whole } = journey;
  const { goal } = aim.group;
  if (goal === "destroy" || goal === "observe") return leftAlone(journey);
  const word = versionWord(aim.group);
  if (whole) return arrived(journey, word);
  if (memory.proven === word && memory.rollout === null) return putRight(journey, word);
  return goal === "pause" ? paused(journey, word) : underWay(journey, word);
}

/** What is only looked at, or is to go, is not carried anywhere. */
function leftAlone({ aim, memory }: Journey): Followed {
  const course = freeCourse(aim.group);
  return { rollout: null, proven: memory.proven, reverted: aim.reverted, course, turns: [], wakeAt: undefined };
}

function arrived({ aim, memory }: Journey, word: string): Followed {
  const turns: Turn[] = memory.rollout?.changing === true ? [{ kind: "finished" }] : [];
  const course = freeCourse(aim.group);
  return { rollout: null, proven: word, reverted: aim.reverted, course, turns, wakeAt: undefined };
}

/** Everybody had it once: what differs is drift. */
function putRight(journey: Journey, word: string): Followed {
  const { group, reverted } = journey.aim;
  const free = freeCourse(group);
  const course = group.goal === "pause" ? ({ ...free, kind: "held", says: waitsFor(journey) } as const) : free;
  return { rollout: null, proven: word, reverted, course, turns: [], wakeAt: undefined };
}

/** Nothing is begun and nothing is judged: the time of a pause counts for nothing. */
function paused(journey: Journey, word: string): Followed {
  const { aim, memory, census } = journey;
  // One that is redirected meanwhile is on its way all the same.
  const redirected = memory.rollout?.changing === true ? begun(journey, word, true) : null;
  const rollout = memory.rollout?.to === word ? memory.rollout : redirected;
  const course = standingCourse("held", aim.group, census, waitsFor(journey));
  return { rollout, proven: memory.proven, reverted: aim.reverted, course, turns: [], wakeAt: undefined };
}

/** Why nobody is changed while the group is paused; undefined where nobody has to be. */
function waitsFor({ aim, census }: Journey): Held | undefined {
  if (!census.living.some((member) => member.placed && isStale(member))) return undefined;
  const message = `paused: changes wait until \`muster group resume ${placeOf(aim.group)}\``;
  return { reason: "Paused", message, meant: true };
}

function underWay(journey: Journey, word: string): Followed {
  const { aim, declared, census, now } = journey;
  const onItsWay = beginOrGoOn(journey, word);
  const { rollout: gone, arrivals } = advanced(journey, onItsWay.rollout);
  const { rollout, canary, turns } = judged(journey, gone, arrivals);
  const all = onItsWay.turns.length === 0 ? turns : [...onItsWay.turns, ...turns];
  const { failure, changing } = rollout;
  if (failure !== null && changing && mayRevert(aim, failure, arrivals)) {
    const reverted = { from: versionWord(declared), generation: declared.generation, reason: failure.reason };
    const course = standingCourse("turning", aim.group, census, undefined);
    // The next pass aims at the former version.
    return { rollout, proven: null, reverted, course, turns: [...all, { kind: "reverting" }], wakeAt: now };
  }
  const course = courseOf(journey, rollout, canary);
  const wakeAt = turnsAt(aim.group, rollout, canary);
  return { rollout, proven: null, reverted: aim.reverted, course, turns: all, wakeAt };
}

function beginOrGoOn(journey: Journey, word: string): { readonly rollout: Rollout; readonly turns: readonly Turn[] } {
  const { census, memory, now } = journey;
  const before = goneOn(journey, word);
  // One that is redirected, or goes back, is still on its way, though whoever had to be changed may be gone already.
  const onItsWay = (before ?? memory.rollout)?.changing === true;
  // Before anybody was there nobody had to be changed; who turns up later may have been made as something else.
  const changing =
    onItsWay || census.living.some((member) => member.placed && (before === null ? isStale(member) : !member.current));
  const turns: Turn[] = changing && before?.changing !== true ? [{ kind: "started" }] : [];
  if (before === null) return { rollout: begun(journey, word, changing), turns };
  if (before.changing === changing) return { rollout: before, turns };
  // Where somebody has to be changed only now, it begins only now, and has its whole time.
  return { rollout: { ...before, changing, failure: null, progressAt: now }, turns };
}

function begun({ aim, now }: Journey, word: string, changing: boolean): Rollout {
  return {
    ...{ to: word, generation: aim.group.generation, startedAt: now, changing, progressAt: now },
    ...{ left: Number.MAX_SAFE_INTEGER, arrived: 0, failed: [] },
    ...{ promoted: false, canariesAt: null, failure: null },
  };
}

/** The rollout that is under way; null when another one begins, or this one is tried again. */
function goneOn({ aim, memory, now }: Journey, word: string): Rollout | null {
  const before = memory.rollout;
  const { generation, steered } = aim.group;
  if (before === null || before.to !== word) return null;
  if (steered.retriedIn <= before.generation) return before;
  if (before.failure !== null) return null;
  // A pause was taken away, or its members are treated otherwise: it goes on from where it was, and the time before counts for
  // nothing.
  return { ...before, generation, progressAt: now, canariesAt: null, canaries: [] };
}

/** Takes in how far it has come, and who has failed or recovered. */
function advanced(journey: Journey, before: Rollout): { readonly rollout: Rollout; readonly arrivals: Arrivals } {
  const failed = failedAfter(journey, before.failed);
  const arrivals = arrivalsOf(journey, failed);
  const { counting, stale } = arrivals;
  const left = stale + Math.max(0, slotCount(journey.aim.group.slots) - counting);
  const further = left < before.left || counting > before.arrived;
  if (!further && failed === before.failed) return { rollout: before, arrivals };
  const rollout = {
    ...before,
    failed,
    left: Math.min(left, before.left),
    arrived: Math.max(counting, before.arrived),
    progressAt: further ? journey.now : before.progressAt,
  };
  return { rollout, arrivals };
}

function arrivalsOf({ census }: Journey, failedIds: readonly string[]): Arrivals {
  const known = new Set(failedIds);
  let there = 0;
  let counting = 0;
  let failed = 0;
  let stale = 0;
  for (const member of census.living) {
    if (!member.placed) continue;
    if (isStale(member)) {
      stale++;
      continue;
    }
    there++;
    if (member.available) counting++;
    if (known.size > 0 && known.has(member.seen.id)) failed++;
  }
  return { there, counting, failed, stale };
}

/**
 * Whoever counts now has recovered, and whose place is not declared any more says nothing; whoever was taken away has not recovered. But of those only as many count as have left their
 * place to nobody: one place that fails over and over is one, and no reason to undo all the others.
 */
function failedAfter({ aim, census }: Journey, before: readonly string[]): readonly string[] {
  const { failed: failing } = census.trials;
  if (failing.length === 0 && before.length === 0) return before;
  const fresh = failing.filter((member) => member.placed && !isStale(member)).map(({ seen }) => seen.id);
  if (before.length === 0) return fresh.length === 0 ? before : fresh;
  const known = new Set([...before, ...fresh]);
  const living = new Set<string>();
  let there = 0;
  for (const member of census.living) {
    const { id } = member.seen;
    if (member.available || !member.placed) known.delete(id);
    else if (known.has(id)) living.add(id);
    if (member.placed && !isStale(member)) there++;
  }
  const gone = [...known].filter((id) => !living.has(id));
  const empty = Math.max(0, slotCount(aim.group.slots) - there);
  for (const id of gone.slice(0, Math.max(0, gone.length - empty))) known.delete(id);
  const failed = [...known];
  return failed.length === before.length && fresh.length === 0 ? before : failed;
}

interface Judged extends Pick<Tended, "rollout" | "canary"> {
  readonly turns: readonly Turn[];
}

function judged({ aim, census, whyFailing, now }: Journey, gone: Rollout, arrivals: Arrivals): Judged {
  const { group } = aim;
  const members = membersFailed(group, gone, arrivals, whyFailing, now);
  if (members !== null) return { ...withFailure(gone, members), canary: undefined };
  const sound = gone.failure?.kind === "members" ? recovered(gone, now) : gone;
  const { rollout, canary, promotedBy } = tendCanaries(group, sound, () => arrivedIn(census), now);
  const promoted: Turn[] = promotedBy === undefined ? [] : [{ kind: "promoted", by: promotedBy }];
  const isReady = canary?.says !== undefined && sound.canariesAt === null;
  const waiting: Turn[] = isReady ? [{ kind: "waiting", message: canary.says.message }] : [];
  const late = canary?.complete === true ? null : progressFailed(group, rollout, now);
  const { rollout: next, turns } = withFailure(rollout, late);
  return { rollout: next, canary, turns: [...waiting, ...promoted, ...turns] };
}

/** Those that had failed have recovered: what comes next has the whole time again. */
function recovered(gone: Rollout, now: number): Rollout {
  return { ...gone, failure: null, progressAt: now, canariesAt: null, canaries: [] };
}

function arrivedIn({ living }: Census): readonly string[] {
  return living.filter((each) => each.placed && each.available && !isStale(each)).map(({ seen }) => seen.id);
}

function withFailure(rollout: Rollout, failure: RolloutFailure | null): Pick<Judged, "rollout" | "turns"> {
  if (failure === rollout.failure) return { rollout, turns: [] };
  const isNews = failure !== null && rollout.changing && failure.kind !== rollout.failure?.kind;
  return { rollout: { ...rollout, failure }, turns: isNews ? [{ kind: "failed", reason: failure.reason }] : [] };
}

function courseOf({ aim, census }: Journey, { failure, changing }: Rollout, canary: Canary | undefined): Course {
  const { group } = aim;
  if (failure?.kind === "members" && changing) {
    const says = { reason: "RolloutFailed", message: `the rollout is held: ${failure.reason}` };
    return standingCourse("failed", group, census, says);
  }
  // What got no further in time is tried on: the cause may go away.
  const says = failure === null ? undefined : { reason: FAILED[failure.kind], message: failure.reason };
  return canary === undefined ? freeCourse(group, says) : canaryCourse(group, says ?? canary.says);
}

const FAILED = { members: "MembersFailed", progress: "ProgressDeadline" } as const;

/** When it takes another turn though nothing happens. */
function turnsAt(
  { rollout: policy }: DeclaredGroup,
  { failure, progressAt }: Rollout,
  canary: Canary | undefined,
): number | undefined {
  if (failure !== null) return undefined;
  return canary?.complete === true ? canary.promotedAt : progressAt + policy.progressDeadlineMs;
}
