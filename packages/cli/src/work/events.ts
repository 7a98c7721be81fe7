import type { EventsQuery } from "@muster/daemon";
import { MusterError } from "@muster/model";
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

/** All Musters of a user write one history, so any of them can tell it. */
export async function showEvents(this: Cli, flags: EventsFlags, stack?: string): Promise<void> {
  const query: EventsQuery = {
    ...(stack === undefined ? {} : { stack }),
    ...(flags.since === undefined ? { last: NEWEST } : { since: timeOf(flags.since, Date.now()), limit: MOST }),
    ...(flags.follow ? { follow: "1" } : {}),
  };
  const { answers, failures } = await askAll(this.env, (api) => api.ping());
  const [api] = answers[0] ?? [];
  if (api === undefined) throw failures[0];
  const ending = listenForEnd();
  try {
    await print(this, flags, api, query, ending.asked);
  } finally {
    ending.forget();
  }
}

async function print(cli: Cli, { output }: EventsFlags, api: Api, query: EventsQuery, asked: AbortSignal) {
  const over = AbortSignal.any([asked, cli.out.closed]);
  for await (const { event } of api.events(query, over)) {
    cli.out.write(output === "json" ? `${JSON.stringify(event)}\n` : eventLine(event, dateAndTime, cli.out));
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
