/**
 * The history as a chain: each event's hash is taken over the hash of the one before, so that nothing within it can be
 * changed, left out or put in between unnoticed. A tail that was cut off leaves a whole chain: only a hash that was kept
 * elsewhere shows it.
 */
import { type Event, type EventDraft, inCanonicalOrder, isObject, sha256 } from "@muster/model";
import type { StoredLink } from "./contract.ts";

/** The place of an event in its stack's chain: what the next one is chained to. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** What the first event of a stack is chained to. */
export const GENESIS: Head = { seq: 0, hash: "0".repeat(64) };

/** An event in its place, and the text its hash was taken over. */
export interface Link {
  readonly event: Event;
  readonly text: string;
}

/** Puts events in their places after `head`. */
export function chain(stack: string, drafts: readonly EventDraft[], at: number, head: Head): readonly Link[] {
  let { seq, hash: previous } = head;
  return drafts.map((draft) => {
    seq += 1;
    const unhashed = { ...draft, stack, seq, at, previous };
    const text = canonicalEvent(unhashed);
    previous = sha256(text);
    return { event: { ...unhashed, hash: previous }, text };
  });
}

/** The first link that does not hold. */
export interface BrokenLink {
  /** The place where it was found: the `seq` that should stand there. */
  readonly seq: number;
  readonly detail: string;
  /** The time that stands on what was found there, ms since 1970. */
  readonly at?: number;
}

/**
 * Goes along the events of one stack, in order, and names the first that is not what it was when it was written.
 * `after` is the last event before them, when they are a later page.
 */
export function verifyChain(events: Iterable<Event>, after: Head = GENESIS): BrokenLink | undefined {
  let head = after;
  let stack: string | undefined;
  for (const event of events) {
    stack ??= event.stack;
    const detail = fault(event, head, stack);
    if (detail !== undefined) return { seq: head.seq + 1, detail, at: event.at };
    head = event;
  }
  return undefined;
}

/**
 * The same for links as they lie in a store, where besides what an event is found by must be what it says: what is hidden
 * from a search is left out, too. Gives the events up to the first that does not hold, and that one.
 */
export function verifyLinks(
  links: Iterable<StoredLink>,
  after: Head,
): { readonly events: readonly Event[]; readonly broken?: BrokenLink } {
  const events: Event[] = [];
  let head = after;
  for (const link of links) {
    const event = eventOf(link.text, link.hash);
    const detail = faultOfLink(link, event, head);
    if (event === undefined || detail !== undefined) {
      return { events, broken: { seq: head.seq + 1, detail: detail ?? NOT_AN_EVENT, at: link.at } };
    }
    events.push(event);
    head = event;
  }
  return { events };
}

const NOT_AN_EVENT = "its content is no event";
const CHANGED = "its content was changed after it was written";

function faultOfLink(link: StoredLink, event: Event | undefined, head: Head): string | undefined {
  if (link.seq !== head.seq + 1) return `number ${link.seq} follows number ${head.seq}`;
  if (sha256(link.text) !== link.hash) return event === undefined ? NOT_AN_EVENT : CHANGED;
  if (event === undefined) return NOT_AN_EVENT;
  const { stack, seq, group, type, at } = event;
  if (stack !== link.stack) return `it belongs to stack ${stack}, not ${link.stack}`;
  if (event.previous !== head.hash) return "it is not chained to the event before it";
  const same = seq === link.seq && group === link.group && type === link.type && at === link.at;
  return same ? undefined : "it is found by other words than those that it says";
}

/** An event from the text that its hash was taken over; undefined when that is not the text of one. */
export function eventOf(text: string, hash: string): Event | undefined {
  const found = parsed(text);
  if (!isObject(found)) return undefined;
  const { stack, seq, at, type, group, actor, cause, message, previous } = found;
  const texts = [stack, type, actor, cause, message, previous, group ?? ""].every((each) => typeof each === "string");
  if (!texts || typeof seq !== "number" || typeof at !== "number") return undefined;
  // What it says beyond is as it was written; a newer Muster may know more types.
  return { ...(found as unknown as Omit<Event, "hash">), hash };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(event: Event, head: Head, stack: string): string | undefined {
  if (event.stack !== stack) return `it belongs to stack ${event.stack}, not ${stack}`;
  if (event.seq !== head.seq + 1) return `number ${event.seq} follows number ${head.seq}`;
  if (event.previous !== head.hash) return "it is not chained to the event before it";
  if (event.hash !== sha256(canonicalEvent(event))) return CHANGED;
  return undefined;
}

type Unhashed = Omit<Event, "hash">;

/**
 * The canonical text of an event, without its hash. All of its members are known, and stand here in their order: so it
 * takes half the time. The compiler tells when one is missing.
 */
export function canonicalEvent(event: Unhashed): string {
  const { actor, after, at, before, cause, group, instance, message, previous, seq, slot, stack, type } = event;
  const ordered = {
    actor,
    after: after === undefined ? undefined : inCanonicalOrder(after),
    at,
    before: before === undefined ? undefined : inCanonicalOrder(before),
    cause,
    group,
    instance,
    message,
    previous,
    seq,
    slot,
    stack,
    type,
  } satisfies Readonly<Record<keyof Unhashed, unknown>>;
  return JSON.stringify(ordered);
}
