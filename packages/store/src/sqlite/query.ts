import type { SQLInputValue } from "node:sqlite";
import { EVENTS_PER_PAGE, type EventQuery } from "../contract.ts";

/** Nothing before the first place of that time is of it, and of what comes after, some may be earlier all the same. */
const SINCE =
  "place >= (SELECT place FROM events WHERE latest >= :since ORDER BY latest, place LIMIT 1) AND at >= :since";

/** The SQL of a query: only the conditions that are asked for, so that SQLite sees which index fits. */
export function selection(query: EventQuery): { readonly sql: string; readonly values: Record<string, SQLInputValue> } {
  const { stack, group, types, since, until, after, before } = query;
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
  where("at <= :until", "until", until);
  where("place > :after", "after", after);
  where("place < :before", "before", before);
  const filter = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const order = query.newestFirst ? "DESC" : "ASC";
  return { sql: `SELECT place, hash, body FROM events ${filter} ORDER BY place ${order} LIMIT :limit`, values };
}
