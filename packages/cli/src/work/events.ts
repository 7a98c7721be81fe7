import { existsSync } from "node:fs";
import type { EventsQuery } from "@muster/daemon";
import { type Event, MusterError } from "@muster/model";
import { openSqliteStore, storePath } from "@muster/store";
import type { Cli } from "../cli.ts";
import type { Api } from "../client/api.ts";
import { askAll } from "../client/holders.ts";
import type { OutputFlags } from "../commands/flags.ts";
import { eventLine } from "../print/event-line.ts";
import { dateAndTime } from "../print/time.ts";
import { listenForEnd } from "./ending.ts";

export interface EventsFlags extends OutputFlags {
  readonly follow: boolean;
  readonly since?: string;
}

/** How many events are shown where no time is given. */
const NEWEST = 50;
/** As many as are given at once. */
const MOST = 100_000;

/** All Musters of a user write one history, so any of them can tell it; and where none runs, the store itself can. */
export async function showEvents(this: Cli, flags: EventsFlags, stack?: string): Promise<void> {
  const query: EventsQuery = {
    ...(stack === undefined ? {} : { stack }),
    ...(flags.since === undefined ? { last: NEWEST } : { since: timeOf(flags.since, Date.now()), limit: MOST }),
    ...(flags.follow ? { follow: "1" } : {}),
  };
  const store = storePath(this.env);
  const api = await anyApi(this, flags.follow || !existsSync(store));
  if (api === undefined) {
    for (const event of await storedEvents(store, query)) printOne(this, flags, event);
    return;
  }
  const ending = listenForEnd();
  try {
    await print(this, flags, api, query, ending.asked);
  } finally {
    ending.forget();
  }
}

async function print(cli: Cli, flags: EventsFlags, api: Api, query: EventsQuery, asked: AbortSignal) {
  const over = AbortSignal.any([asked, cli.out.closed]);
  for await (const { event } of api.events(query, over)) printOne(cli, flags, event);
}

function printOne(cli: Cli, { output }: EventsFlags, event: Event): void {
  cli.out.write(output === "json" ? `${JSON.stringify(event)}\n` : eventLine(event, dateAndTime, cli.out));
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

async function storedEvents(path: string, { stack, since, last }: EventsQuery): Promise<readonly Event[]> {
  const store = openSqliteStore(path);
  try {
    const where = { ...(stack === undefined ? {} : { stack }), ...(since === undefined ? {} : { since }) };
    const newest = await store.events({ ...where, limit: last ?? MOST, newestFirst: true });
    return newest.map(({ event }) => event).reverse();
  } finally {
    await store.close();
  }
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `15m` before now, or a date. Throws `usage.bad-value`. */
function timeOf(text: string, now: number): number {
  const { count, unit } = /^(?<count>\d{1,6})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  if (count !== undefined && isUnit(unit)) return now - Number(count) * UNITS[unit];
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return Math.max(0, at);
  const wanted = "30s, 15m, 2h or 7d, or a date as 2026-01-31T14:00";
  throw new MusterError("usage.bad-value", { what: "--since", detail: `\`${text}\` is no time`, wanted });
}

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && text in UNITS;
}
