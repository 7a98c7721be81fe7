/** What is written down of a pass, and of the end: decided without I/O, so that whoever drives the engine keeps to the same rules. */
import { type Decided, type GoodLook, type Look, type Memory, record } from "@muster/engine";
import type { EventDraft, Status } from "@muster/model";
import type { Writes } from "@muster/store";
import type { Acted } from "./act.ts";
import { eventOfDecision, eventsOfActions, eventsOfStall, eventsOfVanishing } from "./events.ts";

/** What is known of a group from the passes before. */
export interface Known {
  readonly memory: Memory;
  /** The last good look. */
  readonly shown: GoodLook | undefined;
  readonly status: Status | undefined;
}

/** What came of a pass. */
export interface Passed {
  /** How the calls ended that are not written down yet. */
  readonly acted: readonly Acted[];
  readonly look: Look;
  readonly decided: Decided;
}

/** Memory with how calls ended. */
export function withOutcomes(memory: Memory, acted: readonly Acted[]): Memory {
  if (acted.length === 0) return memory;
  return record(
    memory,
    acted.map(({ outcome }) => outcome),
  );
}

/** Everything that the history is told of a pass. */
export function eventsOfPass(group: string, known: Known, { acted, look, decided }: Passed): readonly EventDraft[] {
  const { shown, status } = known;
  const events = [...eventsOfActions(group, acted)];
  if (shown !== undefined && look.kind === "seen") {
    for (const event of vanished(group, known.memory, shown, look, acted)) events.push(event);
  }
  for (const decision of decided.decisions) events.push(eventOfDecision(group, decision));
  for (const event of eventsOfStall(group, decided.cause, status, decided.status)) events.push(event);
  return events;
}

/** Memory is written where it has changed, and before anything that was decided is carried out. */
export function memoryOfPass(group: string, { memory }: Known, decided: Decided): Pick<Writes, "memory"> {
  return decided.memory === memory ? {} : { memory: { [group]: decided.memory } };
}

/** What is still to be written when a group is let go; undefined where there is nothing. */
export function writesOfEnd(group: string, memory: Memory, acted: readonly Acted[]): Writes | undefined {
  if (acted.length === 0) return undefined;
  return { memory: { [group]: withOutcomes(memory, acted) }, events: eventsOfActions(group, acted) };
}

function vanished(
  group: string,
  memory: Memory,
  before: GoodLook,
  now: GoodLook,
  acted: readonly Acted[],
): readonly EventDraft[] {
  if (showSame(before, now)) return [];
  const destroyed = new Set<string>();
  for (const { action } of acted) if (action.kind === "destroy") destroyed.add(action.instance);
  for (const { kind, instance } of memory.calls) if (kind === "destroy" && instance !== null) destroyed.add(instance);
  // A create whose member could not be started takes it away again.
  const unfinished = new Set(memory.calls.flatMap(({ kind, intent }) => (kind === "create" ? intent : [])));
  for (const { id, mark } of before.members) if (unfinished.has(mark.intent ?? "")) destroyed.add(id);
  return eventsOfVanishing(group, idsOf(before), idsOf(now), destroyed);
}

/** The same members in the same order, as nearly every look shows them. */
function showSame(a: GoodLook, b: GoodLook): boolean {
  if (a.members.length !== b.members.length) return false;
  return a.members.every((member, index) => member === b.members[index] || member.id === b.members[index]?.id);
}

function idsOf(look: GoodLook): ReadonlySet<string> {
  return new Set(look.members.map(({ id }) => id));
}
