import { type Event, MusterError } from "@muster/model";
import { EVENTS_PER_PAGE, type EventQuery, type GroupName, type JournalEntry, pages, type Store } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { historyEntry } from "../print/history-entry.ts";
import { recordedGroup, withStore } from "./recorded.ts";
import { timeOf } from "./times.ts";

export interface HistoryFlags extends OutputFlags {
  readonly stack?: string;
  readonly since?: string;
  readonly limit?: string;
}

/** How many events are shown where nothing is said. */
const NEWEST = 50;
/** So many are held at a time, to be turned round: whoever wants more says from when on. */
const MOST = 10_000;

/** The record of one group, newest last. Read from the store, page by page. */
export async function showHistory(this: Cli, flags: HistoryFlags, wanted: string): Promise<void> {
  const since = flags.since === undefined ? undefined : timeOf("--since", flags.since, Date.now());
  const limit = flags.limit === undefined ? undefined : limitOf(flags.limit);
  await withStore(this.env, async (store) => {
    const group = await recordedGroup(store, wanted, flags.stack);
    const from = since === undefined ? {} : { since };
    // A time alone asks for all from then on, however many they are.
    const events =
      since !== undefined && limit === undefined ? all(store, group, from) : newest(store, group, from, limit);
    for await (const event of events) {
      if (this.out.closed.aborted) return;
      this.out.write(flags.output === "json" ? `${JSON.stringify(event)}\n` : historyEntry(event, this.out));
    }
  });
}

/**
 * Its own events, and what befell the history of its whole stack. A stack's `stack.committed` is left out: where it changed
 * this group, the group's own event says so.
 */
function queriesOf({ stack, group }: GroupName): readonly EventQuery[] {
  return [
    { stack, group },
    { stack, group: null, types: ["history.pruned"] },
  ];
}

async function* all(store: Store, group: GroupName, from: EventQuery): AsyncGenerator<Event, void> {
  for await (const page of pages((after, limit) => pageOf(store, group, { ...from, after, limit }))) {
    for (const { event } of page) yield event;
  }
}

async function* newest(store: Store, group: GroupName, from: EventQuery, limit = NEWEST): AsyncGenerator<Event, void> {
  const found: JournalEntry[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; found.length < limit; ) {
    const wanted = Math.min(EVENTS_PER_PAGE, limit - found.length);
    const page = await pageOf(store, group, { ...from, before, limit: wanted, newestFirst: true });
    found.push(...page);
    if (page.length < wanted) break;
    before = page.at(-1)?.place ?? before;
  }
  for (const { event } of found.toReversed()) yield event;
}

/** A page of each, put together, and as much of it as was asked for. */
async function pageOf(store: Store, group: GroupName, part: EventQuery): Promise<readonly JournalEntry[]> {
  const pages = await Promise.all(queriesOf(group).map((query) => store.events({ ...query, ...part })));
  const order = part.newestFirst === true ? -1 : 1;
  return pages
    .flat()
    .sort((a, b) => order * (a.place - b.place))
    .slice(0, part.limit);
}

/** Throws `usage.bad-value`. */
function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw new MusterError("usage.bad-value", {
    what: "--limit",
    detail: `\`${text}\` is no number of events that can be shown`,
    wanted: `a whole number from 1 to ${MOST}, or a time with --since alone for all since then`,
  });
}
