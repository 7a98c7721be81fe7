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
    if (given.follow !== "1") return reply.send((await pastEvents(store, query, last)).map(line).join(""));
    if (query.before !== undefined) throw badRequest("before does not go with follow");
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const signal = AbortSignal.any([closing, gone.signal]);
    const newest = await newestPlace(store);
    const { limit, ...unlimited } = query;
    const all = limit === undefined && last === undefined;
    const past = all
      ? pagesUpTo(store, query, newest)
      : await pastEvents(store, { ...query, before: newest + 1 }, last);
    async function* lines(): AsyncGenerator<string, void> {
      for await (const entry of past) yield line(entry);
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
  const types = typesOf(given);
  const since = numberOf(given, "since");
  const after = numberOf(given, "after");
  const before = numberOf(given, "before");
  const limit = numberOf(given, "limit", MOST);
  return {
    ...(stack === undefined ? {} : { stack }),
    ...(group === undefined ? {} : { group }),
    ...(types === undefined ? {} : { types }),
    ...(since === undefined ? {} : { since }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function typesOf(given: Given): readonly EventType[] | undefined {
  return textOf(given, "type")?.split(",").map(typeOf);
}

function typeOf(word: string): EventType {
  const found = EVENT_TYPES.find((type) => type === word);
  if (found !== undefined) return found;
  throw badRequest(`there is no event type \`${word}\`${didYouMean(nearest(word, EVENT_TYPES))}`);
}

function numberOf(given: Given, key: keyof EventsQuery, most = Number.MAX_SAFE_INTEGER): number | undefined {
  const text = textOf(given, key);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw badRequest(`${key} must be a whole number from 0 to ${most}`);
}

function textOf(given: Given, key: keyof EventsQuery): string | undefined {
  const value = given[key];
  if (value === undefined || typeof value === "string") return value;
  throw badRequest(`${key} is given more than once`);
}

function badRequest(detail: string): MusterError {
  return new MusterError("api.bad-request", { detail });
}
