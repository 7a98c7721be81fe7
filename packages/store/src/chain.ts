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
 * Goes along the links of one stack, in order, and gives the events up to the first that is not what it was when it was
 * written, and that one. What an event is found by must be what it says: what is hidden from a search is left out, too.
 * `after` is the last event before them, when they are a later page.
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

/** The same for events that somebody was told, and that do not lie in a store. */
export function verifyChain(events: readonly Event[], after: Head = GENESIS): BrokenLink | undefined {
  const stack = events[0]?.stack ?? "";
  const links = events.map((told, index): StoredLink => {
    const { hash, ...event } = told;
    const { seq, group, type, at } = event;
    return { place: index + 1, stack, seq, group, type, at, timely: true, hash, text: canonicalEvent(event) };
  });
  return verifyLinks(links, after).broken;
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
  if (!same) return "it is found by other words than those that it says";
  return link.timely
    ? undefined
    : "a search by time would find it, or what comes after it, at another time than it says";
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

type Unhashed = Omit<Event, "hash">;

/**
 * The canonical text of an event, without its hash. All of its members are known, and stand here in their order: so it
 * takes half the time. The compiler tells when one is missing.
 */
export function canonicalEvent(event: Unhashed): string {
  const { actor, after, at, before, cause, group, instance, message, previous, resource, seq, slot, stack, type } =
    event;
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
    resource,
    seq,
    slot,
    stack,
    type,
  } satisfies Readonly<Record<keyof Unhashed, unknown>>;
  return JSON.stringify(ordered);
}
