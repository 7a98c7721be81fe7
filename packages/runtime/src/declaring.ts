/** What is declared from one moment to the next: pure transitions, each with what the history is told of it. */
import {
  type Document,
  didYouMean,
  type EventDraft,
  type JsonObject,
  MusterError,
  nearest,
  ownOf,
  type Status,
} from "@muster/model";
import type { Declaration, Steering } from "@muster/store";
import { steeringOf } from "./assignments.ts";
import { type Before, carriedOver, eventsOfCommit } from "./commit.ts";
import { MUSTER } from "./events.ts";
import type { Grammar } from "./ports.ts";
import { type Asked, eventsOfRelease, steeringAfter } from "./resources/declaring.ts";
import type { SteeringChange } from "./steering.ts";

export interface Transition {
  /** Undefined: nothing is left. */
  readonly next: Declaration | undefined;
  readonly events: readonly EventDraft[];
  /** Groups that are let go and forgotten. */
  readonly gone: readonly string[];
}

/** A new declaration, which is not refused (`refusals`). */
export function declared(
  before: Before,
  to: { readonly stack: string; readonly document: Document; readonly source: string } & Asked,
  actor: string,
  grammar: Grammar,
): Transition & { readonly next: Declaration } {
  const { stack, document, source } = to;
  const now = grammar.stackOf(document);
  const generation = (before.declaration?.generation ?? 0) + 1;
  const resources = steeringAfter(before.declaration, before.stack, now, to, grammar);
  const next = { stack, document, source, generation, ...carriedOver(before, now, generation, grammar), resources };
  const gone = Object.keys(before.stack?.groups ?? {}).filter((group) => !Object.hasOwn(now.groups, group));
  const released = eventsOfRelease(before.stack, now, resources, actor);
  return { next, events: [...eventsOfCommit(before.stack, now, generation, actor), ...released], gone };
}

/** Everything the stack has is to go: its resources, and its groups, member by member. */
export function destroying(before: Declaration, actor: string, grammar: Grammar): Transition & { next: Declaration } {
  const generation = before.generation + 1;
  const { groups } = grammar.stackOf(before.document);
  const steering = Object.keys(groups).map((group): [string, Steering] => {
    return [group, { ...steeringOf(before, group), goal: "destroying" }];
  });
  const released = before.resources?.released ?? {};
  const event: EventDraft = {
    ...{ type: "stack.destroying", actor, cause: "intentional" },
    message: `everything is to be destroyed, generation ${generation}`,
    after: { generation },
  };
  const resources = { allow: [], destroying: true, released };
  return {
    next: { ...before, generation, steering: Object.fromEntries(steering), resources },
    events: [event],
    gone: [],
  };
}

/** A group that is steered otherwise; undefined where it is steered so already. */
export function steered(
  before: Declaration,
  group: string,
  change: SteeringChange,
  status: Status | undefined,
  actor: string,
): Transition | undefined {
  const generation = before.generation + 1;
  const was = steeringOf(before, group);
  const is = change.to(was, generation, status);
  if (is === undefined) return undefined;
  const event: EventDraft = {
    ...{ type: "group.steered", group, actor, cause: "intentional", message: change.message },
    ...{ before: told(was), after: told(is) },
  };
  const next = { ...before, generation, steering: { ...before.steering, [group]: is } };
  return { next, events: [event], gone: [] };
}

function told({ goal, reverted, promoted }: Steering): JsonObject {
  return { goal, ...(reverted ? { reverted } : {}), ...(promoted ? { promoted } : {}) };
}

/** The group was destroyed and is gone: its declaration goes too. */
export function removed(before: Declaration, group: string, grammar: Grammar): Transition {
  const message = "destroyed, down to the last member";
  return without(before, { type: "group.removed", group, actor: MUSTER, cause: "intentional", message }, grammar);
}

/** The group is let go. */
export function freed(before: Declaration, group: string, actor: string, grammar: Grammar): Transition {
  const message = "no longer kept; its members stay";
  return without(before, { type: "group.released", group, actor, cause: "intentional", message }, grammar);
}

function without(before: Declaration, event: EventDraft & { readonly group: string }, grammar: Grammar): Transition {
  const { group } = event;
  const document = grammar.withoutGroup(before.document, group);
  const { [group]: _, ...steering } = before.steering;
  const { [group]: __, ...former } = before.former;
  const generation = before.generation + 1;
  const next = document === null ? undefined : { ...before, document, steering, former, generation };
  return { next, events: [event], gone: [group] };
}

export function notThere(group: string, instance: string, there: readonly string[]): MusterError {
  return new MusterError("instance.not-found", { group, instance, nearest: didYouMean(nearest(instance, there)) });
}

/** The group without these members, and smaller by as many. Throws when one of them is not `there`. */
export function withoutInstances(
  before: Declaration,
  group: string,
  ids: readonly string[],
  there: readonly string[],
  actor: string,
  grammar: Grammar,
): { readonly next: Declaration; readonly events: readonly EventDraft[]; readonly doomed: readonly string[] } {
  const missing = ids.find((id) => !there.includes(id));
  if (missing !== undefined) throw notThere(group, missing, there);
  const doomed = [...new Set(ids)];
  const slots = ownOf(grammar.stackOf(before.document).groups, group)?.slots;
  if (slots?.kind !== "numbered") throw new MusterError("group.named-members", { group });
  const document = grammar.resize(before.document, group, Math.max(0, slots.size - doomed.length), before.source);
  const generation = before.generation + 1;
  const message = `${doomed.join(", ")} to be destroyed, and the group smaller by ${doomed.length}`;
  const steering: EventDraft = { type: "group.steered", group, actor, cause: "intentional", message };
  const resized = eventsOfCommit(grammar.stackOf(before.document), grammar.stackOf(document), generation, actor);
  return { next: { ...before, document, generation }, events: [steering, ...resized], doomed };
}
