import { Readable } from "node:stream";
import { didYouMean, EVENT_TYPES, type EventType, MusterError, nearest } from "@muster/model";
import type { EventQuery, JournalEntry } from "@muster/store";
import type { FastifyInstance } from "fastify";
import { type EventsQuery, PATHS } from "../api.ts";
import { futureEvents, newestPlace, pagesUpTo, pastEvents } from "../events.ts";
import type { ApiDeps } from "./deps.ts";

/** As they come: a text, or a list of what was given more than once. */
type Given = Readonly<Partial<Record<keyof EventsQuery, string | readonly string[]>>>;

const MOST = 100_000;

export function eventRoutes(app: FastifyInstance, { options: { store }, bell, closing }: ApiDeps): void {
  app.get<{ Querystring: Given }>(PATHS.events, async ({ query: given }, reply) => {
    const query = queryOf(given);
    const last = numberOf(given, "last", MOST);
    reply.type("application/x-ndjson");
    if (given.follow !== "1") {
      const past = await pastEvents(store, query, last);
      return reply.send(past.map(line).join(""));
    }
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const signal = AbortSignal.any([closing, gone.signal]);
    const newest = await newestPlace(store);
    const { limit, ...unlimited } = query;
    const begin = limit === undefined && last === undefined;
    const past = begin ? [] : await pastEvents(store, upTo(query, newest), last);
    async function* lines(): AsyncGenerator<string, void> {
      if (begin) for await (const entry of pagesUpTo(store, upTo(query, newest), newest)) yield line(entry);
      for (const entry of past) yield line(entry);
      for await (const entry of futureEvents(store, unlimited, newest, bell, signal)) yield line(entry);
    }
    return reply.send(Readable.from(lines()));
  });
}

function line(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

function queryOf(given: Given): EventQuery {
  const stack = textOf(given, "stack");
  const group = textOf(given, "group");
  const since = numberOf(given, "since");
  const after = numberOf(given, "after");
  const limit = numberOf(given, "limit", MOST);
  return {
    ...(stack === undefined ? {} : { stack }),
    ...(group === undefined ? {} : { group }),
    ...(since === undefined ? {} : { since }),
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function numberOf(given: Given, key: keyof EventsQuery, most = Number.MAX_SAFE_INTEGER): number | undefined {
  const text = textOf(given, key);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new MusterError("api.bad-request", { detail: `${key} must be a whole number from 0 to ${most}` });
}

function textOf(given: Given, key: keyof EventsQuery): string | undefined {
  const value = given[key];
  if (value === undefined || typeof value === "string") return value;
  throw new MusterError("api.bad-request", { detail: `${key} is given more than once` });
}
