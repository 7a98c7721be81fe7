import type { SQLInputValue } from "node:sqlite";
import { EVENTS_PER_PAGE, type EventQuery } from "../contract.ts";

/**
 * Nothing before the first place of a time is of that time, and of what comes after, some may be earlier all the same. One
 * bound for both: of two, SQLite uses one to search, and goes through what the other leaves out.
 */
const SINCE =
  "place >= max(:after + 1, (SELECT place FROM events WHERE latest >= :since ORDER BY latest, place LIMIT 1)) AND at >= :since";

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
  if (group === null) conditions.push("groupName IS NULL");
  else where("groupName = :group", "group", group);
  where("type IN (SELECT value FROM json_each(:types))", "types", types && JSON.stringify(types));
  where(SINCE, "since", since);
  where("at <= :until", "until", until);
  if (since === undefined) where("place > :after", "after", after);
  else values["after"] = after ?? 0;
  where("place < :before", "before", before);
  const filter = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const order = query.newestFirst ? "DESC" : "ASC";
  return { sql: `SELECT place, hash, body FROM events ${filter} ORDER BY place ${order} LIMIT :limit`, values };
}
