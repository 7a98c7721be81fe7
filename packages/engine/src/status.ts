import { type Condition, type MemberState, type MemberStatus, type Status, slotCount } from "@muster/model";
import { amendment, unreadOf } from "./amend.ts";
import { type Census, headCount, type Living } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { Call } from "./memory.ts";
import type { Held, Scene } from "./step.ts";

export function statusOf(
  declared: DeclaredGroup,
  lookedAt: number,
  ready: number,
  conditions: readonly Condition[],
): Status {
  return {
    generation: declared.generation,
    observedGeneration: declared.generation,
    lookedAt,
    desired: declared.goal === "destroy" ? 0 : slotCount(declared.slots),
    ready,
    revision: declared.revision,
    conditions,
  };
}

/** The status of a group that could not even be looked at: its type is not there, or its directory cannot be read. */
export function stalledStatus(generation: number, desired: number, revision: string, at: number, held: Held): Status {
  const conditions = conditionsOf({ held: [held], busy: false, converged: false });
  return { generation, observedGeneration: generation, lookedAt: at, desired, ready: 0, revision, conditions };
}

/** Seen, at the declared revision, and healthy. */
export function isUp(member: Living): boolean {
  return member.current && member.placed && member.health === "ready";
}

/** The declared number at the declared revision was seen and is healthy, and nobody else is there. */
export function isWhole({ declared, census }: Scene): boolean {
  if (declared.goal === "destroy") return headCount(census) === 0;
  // A member that could not be destroyed is there, and is none of those that are wanted.
  if (census.living.length !== slotCount(declared.slots) || headCount(census) !== census.living.length) return false;
  return census.living.every((member) => isUp(member) && isAsWritten(declared, member));
}

function isAsWritten(declared: DeclaredGroup, member: Living): boolean {
  return unreadOf(declared, member).length === 0 && amendment(declared, member) === undefined;
}

/** What is lacking, in a sentence; undefined when nothing is. */
export function lacking({ declared, census }: Scene): string | undefined {
  if (declared.goal === "destroy") return `${headCount(census)} left to destroy`;
  const size = slotCount(declared.slots);
  const up = census.living.filter(isUp).length;
  const outdated = census.living.filter((member) => !member.current).length;
  const parts = [`${up} of ${size} ready`];
  if (census.pending.length > 0) parts.push(`${census.pending.length} being made`);
  if (census.leaving.length > 0) parts.push(`${census.leaving.length} leaving`);
  if (outdated > 0) parts.push(`${outdated} of another revision`);
  return parts.join(", ");
}

export function conditionsOf(facts: {
  readonly held: readonly Held[];
  readonly busy: boolean;
  readonly converged: boolean;
  readonly lacking?: string | undefined;
}): readonly Condition[] {
  const [held] = facts.held;
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
      holds: held !== undefined,
      reason: held?.reason ?? "NotStalled",
      message: held?.message ?? "nothing stands in the way",
    },
  ];
}

/** Calls that a provider refused and that will be tried again. */
export function refusals(open: readonly Call[]): readonly Held[] {
  return open.flatMap((call) =>
    call.state.kind === "failed"
      ? [
          {
            reason: `${call.kind === "update" ? "Update" : "Destroy"}Failed`,
            message: `${call.instance}: ${call.state.reason}`,
          },
        ]
      : [],
  );
}

/** When the first failing member that is still called starting must be judged. */
export function graceEnds({ census, traits, now }: Scene): number | undefined {
  if (traits.initialDelayMs === 0) return undefined;
  const ends = census.living
    .filter((member) => member.health === "waiting")
    .map((member) => member.seen.since + traits.initialDelayMs)
    .filter((end) => end > now);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Every member with its state and, where it is not plain, the reason. */
export function membersOf(census: Census, verdictReason: (id: string) => string | undefined): readonly MemberStatus[] {
  const living = census.living.map((member): MemberStatus => {
    const { id, mark, since, reason } = member.seen;
    const why = verdictReason(id) ?? reason;
    const base = { id, slot: mark.slot ?? "", state: stateOf(member), revision: mark.revision, since };
    return why === undefined ? base : { ...base, reason: why };
  });
  return [...living, ...census.leaving.map(leaverStatus), ...census.pending.map(pendingStatus)];
}

function stateOf({ current, placed, health }: Living): MemberState {
  if (health === "failing") return "unhealthy";
  if (!placed) return "surplus";
  if (!current) return "outdated";
  return health === "ready" ? "ready" : "starting";
}

function leaverStatus(call: Call): MemberStatus {
  const base = {
    slot: call.slot,
    state: "leaving",
    revision: call.revision,
    reason: reasonOf(call),
    since: call.at,
  } as const;
  return call.instance === null ? base : { ...base, id: call.instance };
}

function pendingStatus(call: Call): MemberStatus {
  const state = call.state.kind === "unknown" ? "unknown" : "creating";
  const base = { slot: call.slot, state, revision: call.revision, reason: reasonOf(call), since: call.at } as const;
  return call.instance === null ? base : { ...base, id: call.instance };
}

function reasonOf(call: Call): string {
  switch (call.state.kind) {
    case "called":
    case "done":
      return call.why;
    case "unknown":
    case "failed":
      return call.state.reason;
  }
}
