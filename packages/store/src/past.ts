/** What a group was, as its events tell it. Pure: the same events give the same past. */
import { type Event, type EventType, hashPlain, isObject, type Json } from "@muster/model";

/** A member as the history knows it. */
export interface MemberPast {
  readonly id: string;
  readonly slot?: string;
  readonly revision?: string;
  /** When it came to be, or was first told of. */
  readonly since: number;
  /** Failing since then, and why. Missing: nothing is known against it. */
  readonly unhealthy?: { readonly at: number; readonly message: string };
}

/** Who said what, and when. */
export interface Said {
  readonly type: EventType;
  readonly at: number;
  readonly actor: string;
  readonly message: string;
  /** What it was changed to, where that is known. */
  readonly after?: Json;
}

export interface GroupPast {
  readonly stack: string;
  readonly group: string;
  /** The time of its first event. */
  readonly begins: number;
  /** Missing while it is not declared. */
  readonly declared?: Said;
  /** How a person steered it last. */
  readonly steered?: Said;
  /** It was let go, or is destroyed. */
  readonly ended?: Said;
  /** Converged, drifted, held up, going on again. */
  readonly standing?: Said;
  /** How far a change is carried through. */
  readonly rollout?: Said;
  readonly members: readonly MemberPast[];
}

/** Goes on from what it was, event by event. Events of other groups say nothing. Undefined: nothing is known of it. */
export function replay(
  stack: string,
  group: string,
  before: GroupPast | undefined,
  events: Iterable<Event>,
): GroupPast | undefined {
  const members = new Map(before?.members.map((member) => [member.id, member]));
  let past = before;
  for (const event of events) {
    if (event.stack !== stack || event.group !== group) continue;
    past = told(past ?? { stack, group, begins: event.at, members: [] }, event);
    changeMembers(members, event);
  }
  return past && { ...past, members: [...members.values()] };
}

/** The same for all groups of a stack. Those that were destroyed are forgotten. */
export function replayAll(before: readonly GroupPast[], events: readonly Event[]): readonly GroupPast[] {
  const byGroup = Map.groupBy(
    events.filter(({ group }) => group !== undefined),
    ({ group }) => group ?? "",
  );
  const pasts = new Map(before.map((past) => [past.group, past]));
  for (const [group, own] of byGroup) {
    const past = replay(own[0]?.stack ?? "", group, pasts.get(group), own);
    if (past === undefined || past.ended?.type === "group.removed") pasts.delete(group);
    else pasts.set(group, past);
  }
  return [...pasts.values()];
}

function told(past: GroupPast, event: Event): GroupPast {
  const said = saidBy(event);
  switch (event.type) {
    case "group.committed": {
      const { ended, ...others } = past;
      return { ...others, declared: said };
    }
    case "group.steered":
      return { ...past, steered: said };
    case "group.released":
    case "group.removed": {
      const { stack, group, begins, members } = past;
      return { stack, group, begins, members, ended: said };
    }
    case "group.converged":
    case "group.drifted":
    case "group.stalled":
    case "group.resumed":
    case "group.moved":
      return { ...past, standing: said };
    case "rollout.started":
    case "rollout.waiting":
    case "rollout.promoted":
    case "rollout.failed":
    case "rollout.reverting":
    case "rollout.reverted":
    case "rollout.finished":
    case "revision.quarantined":
    case "revision.released":
      return { ...past, rollout: said };
    default:
      return past;
  }
}

function saidBy({ type, at, actor, message, after }: Event): Said {
  return { type, at, actor, message, ...(after === undefined ? {} : { after }) };
}

function changeMembers(members: Map<string, MemberPast>, event: Event): void {
  const { type, instance, at, message } = event;
  if (type === "group.removed") members.clear();
  if (instance === undefined) return;
  const known = members.get(instance) ?? { id: instance, since: at };
  switch (type) {
    case "instance.created":
    case "instance.adopted":
    case "instance.updated":
      members.set(instance, { ...known, ...newsOf(event) });
      return;
    case "instance.unhealthy":
      members.set(instance, { ...known, ...newsOf(event), unhealthy: { at, message } });
      return;
    case "instance.recovered": {
      const { unhealthy, ...member } = known;
      members.set(instance, { ...member, ...newsOf(event) });
      return;
    }
    case "instance.destroyed":
    case "instance.vanished":
      members.delete(instance);
      return;
    default:
      return;
  }
}

/** What an event tells anew of its member. */
function newsOf({ slot, after }: Event): Pick<MemberPast, "slot" | "revision"> {
  const revision = isObject(after) ? after["revision"] : undefined;
  return { ...(slot === undefined ? {} : { slot }), ...(typeof revision === "string" ? { revision } : {}) };
}

/** For whoever vouches for how groups stood. */
export function hashOfPasts(pasts: readonly GroupPast[]): string {
  return hashPlain(pasts);
}
