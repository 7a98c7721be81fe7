import type { EventsQuery } from "@muster/daemon";
import { type Event, type EventType, MusterError } from "@muster/model";
import { type EventQuery, type JournalEntry, pages } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import { askAll } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { eventLine } from "../print/event-line.ts";
import { dateAndTime } from "../print/time.ts";
import { listenForEnd } from "./ending.ts";
import { eventTypesOf } from "./event-types.ts";
import { withStore } from "./recorded.ts";
import { timeOf } from "./times.ts";

export interface EventsFlags extends OutputFlags {
  readonly follow: boolean;
  readonly since?: string;
  readonly group?: string;
  readonly type?: string;
}

/** How many events are shown where no time is given. */
const NEWEST = 50;

/** What is asked for: of where, of what kind, and from when on; without a time, the newest. */
interface Wanted extends Pick<EventsQuery, "stack" | "group" | "since"> {
  readonly types?: readonly EventType[];
}

/** One page: so many after a place, or so many of the newest, oldest first. */
type Page = (
  wanted: Wanted,
  part: { readonly after: number; readonly limit: number } | "newest",
) => Promise<readonly JournalEntry[]>;

/** All Musters of a user write one history, so any of them can tell it; and where none runs, the store itself can. */
export async function showEvents(this: Cli, flags: EventsFlags, stack?: string): Promise<void> {
  const wanted = wantedOf(flags, stack);
  const api = await anyApi(this, flags.follow);
  if (api === undefined) {
    await withStore(this.env, (store) => print(this, flags, past(pageOfStore(store), wanted)));
    return;
  }
  const ending = listenForEnd();
  const over = AbortSignal.any([ending.asked, this.out.closed]);
  try {
    await print(this, flags, flags.follow ? followed(api, wanted, over) : past(pageOfApi(api, over), wanted));
  } finally {
    ending.forget();
  }
}

async function print(cli: Cli, flags: EventsFlags, entries: AsyncIterable<JournalEntry>): Promise<void> {
  for await (const { event } of entries) {
    if (cli.out.closed.aborted) return;
    printOne(cli, flags, event);
  }
}

function printOne(cli: Cli, { output }: EventsFlags, event: Event): void {
  cli.out.write(output === "json" ? `${JSON.stringify(event)}\n` : eventLine(event, dateAndTime, cli.out));
}

/** Page after page, so that no more than one is held at a time. */
async function* past(page: Page, wanted: Wanted): AsyncGenerator<JournalEntry, void> {
  if (wanted.since === undefined) {
    yield* await page(wanted, "newest");
    return;
  }
  for await (const entries of pages((after, limit) => page(wanted, { after, limit }))) yield* entries;
}

function pageOfStore(store: { events(query: EventQuery): Promise<readonly JournalEntry[]> }): Page {
  return async (wanted, part) => {
    if (part === "newest") return (await store.events({ ...wanted, limit: NEWEST, newestFirst: true })).toReversed();
    return store.events({ ...wanted, ...part });
  };
}

function pageOfApi(api: Api, over: AbortSignal): Page {
  return async (wanted, part) => {
    const cut = part === "newest" ? { last: NEWEST } : part;
    const entries: JournalEntry[] = [];
    for await (const entry of api.events({ ...sent(wanted), ...cut }, over)) entries.push(entry);
    return entries;
  };
}

function followed(api: Api, wanted: Wanted, over: AbortSignal): AsyncIterable<JournalEntry> {
  const begin = wanted.since === undefined ? { last: NEWEST } : {};
  return api.events({ ...sent(wanted), ...begin, follow: "1" }, over);
}

function sent({ types, ...others }: Wanted): EventsQuery {
  return types === undefined ? others : { ...others, type: types.join(",") };
}

function wantedOf({ since, group, type }: EventsFlags, stack: string | undefined): Wanted {
  const [before = "", after] = (group ?? "").split("/", 2);
  const names = after === undefined ? { stack, group } : { stack: stack ?? before, group: after };
  return {
    ...(names.stack === undefined ? {} : { stack: names.stack }),
    ...(names.group === undefined ? {} : { group: names.group }),
    ...(type === undefined ? {} : { types: eventTypesOf(type) }),
    ...(since === undefined ? {} : { since: timeOf("--since", since, Date.now()) }),
  };
}

/** One that runs; undefined where none does and none is `needed`. */
async function anyApi(cli: Cli, needed: boolean): Promise<Api | undefined> {
  try {
    const { answers, failures } = await askAll(cli.env, (api) => api.ping());
    const [api] = answers[0] ?? [];
    if (api === undefined) throw failures[0];
    return api;
  } catch (thrown) {
    if (!needed && thrown instanceof MusterError && thrown.code === "daemon.not-running") return undefined;
    throw thrown;
  }
}
