import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Event, EventDraft } from "@muster/model";
import { chain, GENESIS, type Head } from "../chain.ts";
import { EVENTS_PER_PAGE, type EventQuery, type JournalEntry } from "../contract.ts";
import { numberOf, type Row, textOf } from "./rows.ts";

export interface JournalTable {
  /** Within a transaction. */
  append(stack: string, drafts: readonly EventDraft[], at: number): readonly Event[];
  events(query: EventQuery): readonly JournalEntry[];
}

export function journalTable(db: DatabaseSync): JournalTable {
  const head = db.prepare("SELECT seq, hash FROM events WHERE stack = ? ORDER BY place DESC LIMIT 1");
  const append = db.prepare(
    "INSERT INTO events (stack, seq, groupName, type, at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );

  function readHead(stack: string): Head {
    const row = head.get(stack);
    return row ? { seq: numberOf(row, "seq"), hash: textOf(row, "hash") } : GENESIS;
  }

  return {
    append(stack, drafts, at) {
      if (drafts.length === 0) return [];
      return chain(stack, drafts, at, readHead(stack)).map(({ event, text }) => {
        append.run(stack, event.seq, event.group ?? null, event.type, at, event.hash, text);
        return event;
      });
    },
    events(query) {
      const { sql, values } = selection(query);
      return db.prepare(sql).all(values).map(entryOf);
    },
  };
}

/**
 * Clocks go back now and then, so places do not tell times; but nothing before the first place of that time is of it.
 * The index is named because SQLite would look for the least place by going through all of them.
 */
const SINCE = "place >= (SELECT min(place) FROM events INDEXED BY eventsByTime WHERE at >= :since) AND at >= :since";

/** The SQL of a query: only the conditions that are asked for, so that SQLite sees which index fits. */
function selection(query: EventQuery): { readonly sql: string; readonly values: Record<string, SQLInputValue> } {
  const { stack, group, types, since, after, before } = query;
  const conditions: string[] = [];
  const values: Record<string, SQLInputValue> = { limit: Math.max(0, query.limit ?? EVENTS_PER_PAGE) };
  const where = (condition: string, name: string, value: SQLInputValue | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values[name] = value;
  };
  where("stack = :stack", "stack", stack);
  where("groupName = :group", "group", group);
  where("type IN (SELECT value FROM json_each(:types))", "types", types && JSON.stringify(types));
  where(SINCE, "since", since);
  where("place > :after", "after", after);
  where("place < :before", "before", before);
  const filter = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const order = query.newestFirst ? "DESC" : "ASC";
  return { sql: `SELECT place, hash, body FROM events ${filter} ORDER BY place ${order} LIMIT :limit`, values };
}

function entryOf(row: Row): JournalEntry {
  const body = JSON.parse(textOf(row, "body")) as Omit<Event, "hash">;
  return { place: numberOf(row, "place"), event: { ...body, hash: textOf(row, "hash") } };
}
