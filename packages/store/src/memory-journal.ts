/** The journal of the store that lives as long as the process. */
import type { Event, EventDraft } from "@muster/model";
import { chain, GENESIS, type Head, type Link } from "./chain.ts";
import {
  type Checkpoint,
  EVENTS_PER_PAGE,
  type EventQuery,
  type GroupName,
  type JournalEntry,
  type Pruning,
  type StoredLink,
} from "./contract.ts";
import { withDropped } from "./groups.ts";

interface Entry extends JournalEntry {
  readonly text: string;
}

export interface MemoryJournal {
  /** What the drafts will be, without writing anything. */
  chained(stack: string, drafts: readonly EventDraft[], now: number): readonly Link[];
  append(links: readonly Link[]): readonly Event[];
  events(query: EventQuery): readonly JournalEntry[];
  stacks(): readonly string[];
  groups(): readonly GroupName[];
  links(stack: string, after: number, limit: number): readonly StoredLink[];
  checkpoint(stack: string): Checkpoint | undefined;
  prune(pruning: Pruning, now: number): Event | undefined;
  sweep(stack: string, most: number): number;
}

export function memoryJournal(): MemoryJournal {
  const heads = new Map<string, Head>();
  // As JSON, as in a real store: what is read shares nothing with what was written.
  const checkpoints = new Map<string, string>();
  let entries: Entry[] = [];
  let lastPlace = 0;

  function chained(stack: string, drafts: readonly EventDraft[], now: number): readonly Link[] {
    return chain(stack, drafts, now, heads.get(stack) ?? GENESIS);
  }

  function append(links: readonly Link[]): readonly Event[] {
    for (const { event, text } of links) {
      lastPlace += 1;
      entries.push({ place: lastPlace, event, text });
      heads.set(event.stack, event);
    }
    return links.map(({ event }) => event);
  }

  function checkpoint(stack: string): Checkpoint | undefined {
    const text = checkpoints.get(stack);
    return text === undefined ? undefined : JSON.parse(text);
  }

  return {
    chained,
    append,
    events: (query) => select(entries, query),
    stacks: () => [...new Set(entries.map(({ event }) => event.stack))].sort(),
    groups() {
      const told = entries.flatMap(({ event: { stack, group } }) => (group === undefined ? [] : [{ stack, group }]));
      return withDropped(
        told,
        [...checkpoints.keys()].flatMap((stack) => checkpoint(stack) ?? []),
      );
    },
    links(stack, after, limit) {
      const dropped = checkpoint(stack)?.seq ?? 0;
      return entries
        .filter(({ place, event }) => event.stack === stack && place > after && event.seq > dropped)
        .slice(0, Math.max(0, limit))
        .map(({ place, event, text }) => {
          const { seq, group, type, at, hash } = event;
          return { place, stack, seq, group, type, at, timely: true, hash, text };
        });
    },
    checkpoint,
    prune({ checkpoint: next, seen, event }, now) {
      if ((checkpoint(next.stack)?.seq ?? 0) !== seen) return undefined;
      const [written] = append(chained(next.stack, [event], now));
      checkpoints.set(next.stack, JSON.stringify(next));
      return written;
    },
    sweep(stack, most) {
      const dropped = checkpoint(stack)?.seq ?? 0;
      const swept = entries
        .filter(({ event }) => event.stack === stack && event.seq <= dropped)
        .slice(0, Math.max(0, most));
      const places = new Set(swept.map(({ place }) => place));
      entries = entries.filter(({ place }) => !places.has(place));
      return places.size;
    },
  };
}

function select(entries: readonly Entry[], query: EventQuery): readonly JournalEntry[] {
  const { limit = EVENTS_PER_PAGE, newestFirst = false } = query;
  const first = firstAfter(entries, query.after ?? 0);
  const end = firstAfter(entries, (query.before ?? Number.POSITIVE_INFINITY) - 1);
  const found: JournalEntry[] = [];
  for (let i = 0; i < end - first && found.length < limit; i++) {
    const entry = entries[newestFirst ? end - 1 - i : first + i];
    if (entry !== undefined && matches(entry, query)) found.push({ place: entry.place, event: entry.event });
  }
  return found;
}

/** The index of the first entry after a place: they are in order, and some are missing. */
function firstAfter(entries: readonly Entry[], place: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.place ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

function matches({ event }: JournalEntry, { stack, group, types, since, until }: EventQuery): boolean {
  if (stack !== undefined && event.stack !== stack) return false;
  if (group !== undefined && (event.group ?? null) !== group) return false;
  if (types !== undefined && !types.includes(event.type)) return false;
  if (until !== undefined && event.at > until) return false;
  return since === undefined || event.at >= since;
}
