import {
  type Condition,
  type MemberState,
  type MemberStatus,
  type RolloutStatus,
  type Status,
  slotCount,
} from "@muster/model";
import type { Aim } from "./aim.ts";
import { hasChangeable, isUnread } from "./amend.ts";
import { type Census, headCount, isStale, type Living } from "./census.ts";
import type { Course } from "./course.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { Call, Rollout } from "./memory.ts";
import type { Held, Scene } from "./step.ts";

export function statusOf(
  declared: DeclaredGroup,
  lookedAt: number,
  ready: number,
  conditions: readonly Condition[],
  rollout: RolloutStatus | null = null,
): Status {
  return {
    generation: declared.generation,
    observedGeneration: declared.generation,
    lookedAt,
    desired: declared.goal === "destroy" ? 0 : slotCount(declared.slots),
    ready,
    revision: declared.revision,
    rollout,
    conditions,
  };
}

/** The status of a group that could not even be looked at: its type is not there, or its directory cannot be read. */
export function stalledStatus(generation: number, desired: number, revision: string, at: number, held: Held): Status {
  const conditions = conditionsOf({ held: [held], busy: false, converged: false });
  const looked = { generation, observedGeneration: generation, lookedAt: at, desired, ready: 0, revision };
  return { ...looked, rollout: null, conditions };
}

/** Seen, at the revision that is wanted, and healthy for long enough. */
export function isUp(member: Living): boolean {
  return member.placed && member.available && !isStale(member);
}

export function upCount({ living }: Census): number {
  let count = 0;
  for (const member of living) if (isUp(member)) count++;
  return count;
}

/** The declared number at the declared revision was seen and is healthy, and nobody else is there. */
export function isWhole({ declared, census }: Pick<Scene, "declared" | "census">): boolean {
  if (declared.goal === "destroy") return headCount(census) === 0;
  // A member that could not be destroyed is there, and is none of those that are wanted.
  if (census.living.length !== slotCount(declared.slots) || headCount(census) !== census.living.length) return false;
  const managed = hasChangeable(declared);
  return census.living.every((member) => isUp(member) && !(managed && isUnread(declared, member.seen)));
}

/** What is lacking, in a sentence. */
export function lacking({ declared, census }: Scene): string {
  if (declared.goal === "destroy") return `${headCount(census)} left to destroy`;
  const size = slotCount(declared.slots);
  let outdated = 0;
  for (const member of census.living) if (isStale(member)) outdated++;
  let sentence = `${upCount(census)} of ${size} ready`;
  if (census.pending.length > 0) sentence += `, ${census.pending.length} being made`;
  if (census.leaving.length > 0) sentence += `, ${census.leaving.length} leaving`;
  if (outdated > 0) sentence += `, ${outdated} outdated`;
  return sentence;
}

export function conditionsOf(facts: {
  readonly held: readonly Held[];
  readonly busy: boolean;
  readonly converged: boolean;
  readonly lacking?: string | undefined;
}): readonly Condition[] {
  const stalled = facts.held.find(({ meant }) => meant !== true);
  const held = stalled ?? facts.held[0];
  const lacks = held?.message ?? facts.lacking ?? "not known yet";
  return [
    {
      name: "Converged",
      holds: facts.converged,
      reason: facts.converged ? "AsDeclared" : (held?.reason ?? "InProgress"),
      message: facts.converged ? "everything is as declared" : lacks,
    },
    {
      name: "Progressing",
      holds: facts.busy,
      reason: facts.busy ? "Acting" : "Idle",
      message: facts.busy ? (facts.lacking ?? lacks) : "nothing is under way",
    },
    {
      name: "Stalled",
      holds: stalled !== undefined,
      reason: stalled?.reason ?? "NotStalled",
      message: stalled?.message ?? "nothing stands in the way",
    },
  ];
}

/** How far the members are from the version that is aimed at. */
export function rolloutOf(
  { declared, census, course }: Scene,
  rollout: Rollout | null,
  aim: Aim,
  whole: boolean,
): RolloutStatus | null {
  const phase = phaseOf(declared, course, rollout, aim, whole);
  if (phase === undefined) return null;
  return { phase, arrived: upCount(census), of: slotCount(declared.slots) };
}

function phaseOf(
  { goal }: DeclaredGroup,
  course: Course,
  rollout: Rollout | null,
  { instead }: Aim,
  whole: boolean,
): RolloutStatus["phase"] | undefined {
  if (goal === "destroy" || goal === "observe") return undefined;
  if (instead !== undefined) return whole ? "reverted" : "reverting";
  if (rollout?.changing !== true) return undefined;
  if (goal === "pause") return "paused";
  if (rollout.failure?.kind === "members") return "failed";
  return course.kind === "canary" ? "canary" : "rolling";
}

const NO_REFUSALS: readonly Held[] = [];

/** Calls that came to nothing: those that will be tried again, and those that are. */
export function refusals(open: readonly Call[]): readonly Held[] {
  if (open.length === 0) return NO_REFUSALS;
  return open.flatMap(({ kind, instance, attempt, state }) => {
    if (kind === "create" || (state.kind !== "failed" && attempt === 1)) return [];
    const what = kind === "update" ? "Update" : "Destroy";
    // While what failed is tried again, it has not succeeded yet.
    const why = state.kind === "failed" ? state.reason : `attempt ${attempt} is under way`;
    return [{ reason: `${what}Failed`, message: `${instance}: ${why}` }];
  });
}

/** Every member with its state and, where it is not plain, the reason. */
export function membersOf(census: Census, reasonOf: (member: Living) => string | undefined): readonly MemberStatus[] {
  const living = census.living.map((member): MemberStatus => {
    const { id, mark, since } = member.seen;
    const why = reasonOf(member);
    const base = { id, slot: mark.slot ?? "", state: stateOf(member), revision: mark.revision, since };
    return why === undefined ? base : { ...base, reason: why };
  });
  return [...living, ...census.leaving.map(leaverStatus), ...census.pending.map(pendingStatus)];
}

function stateOf(member: Living): MemberState {
  if (member.health === "failing") return "unhealthy";
  if (!member.placed) return "surplus";
  if (isStale(member)) return "outdated";
  return member.available ? "ready" : "starting";
}

function leaverStatus(call: Call): MemberStatus {
  const base = {
    slot: call.slot,
    state: "leaving",
    revision: call.revision,
    reason: reasonOfCall(call),
    since: call.at,
  } as const;
  return call.instance === null ? base : { ...base, id: call.instance };
}

function pendingStatus(call: Call): MemberStatus {
  const state = call.state.kind === "unknown" ? "unknown" : "creating";
  const base = { slot: call.slot, state, revision: call.revision, reason: reasonOfCall(call), since: call.at } as const;
  return call.instance === null ? base : { ...base, id: call.instance };
}

function reasonOfCall(call: Call): string {
  switch (call.state.kind) {
    case "called":
    case "done":
      return call.why;
    case "unknown":
    case "failed":
      return call.state.reason;
  }
}
