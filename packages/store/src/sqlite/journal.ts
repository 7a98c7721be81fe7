import type { DatabaseSync } from "node:sqlite";
import type { Event, EventDraft } from "@muster/model";
import { chain, eventOf, GENESIS, type Head } from "../chain.ts";
import type { EventQuery, GroupName, JournalEntry, StoredLink } from "../contract.ts";
import { EVENTS_PER_PAGE } from "../contract.ts";
import { selection } from "./query.ts";
import { Damage, numberOf, type Row, textOf } from "./rows.ts";

export interface JournalTable {
  /** Within a transaction. */
  append(stack: string, drafts: readonly EventDraft[], at: number): readonly Event[];
  events(query: EventQuery): readonly JournalEntry[];
  stacks(): readonly string[];
  groups(): readonly GroupName[];
  /** Without the events up to number `dropped`. */
  links(stack: string, after: number, dropped: number, limit: number): readonly StoredLink[];
}

export function journalTable(db: DatabaseSync): JournalTable {
  const head = db.prepare("SELECT seq, hash FROM events WHERE stack = ? ORDER BY place DESC LIMIT 1");
  const checkpoint = db.prepare("SELECT seq, hash FROM checkpoints WHERE stack = ?");
  const latest = db.prepare("SELECT latest FROM events ORDER BY place DESC LIMIT 1");
  const append = db.prepare(
    "INSERT INTO events (stack, seq, groupName, type, at, latest, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  // `latest` is what the place before it has, or its own time. Where what was before was dropped and is not there any more,
  // that may have been later, but no later than the checkpoints say.
  const links = db.prepare(
    `SELECT link.place, link.stack, link.seq, link.groupName, link.type, link.at, link.hash, link.body,
       link.latest >= max(link.at, ifnull(before.latest, link.at)) AND link.latest <= max(
         link.at,
         ifnull(before.latest, link.at),
         iif(before.place = link.place - 1, link.at, ifnull((SELECT max(until) FROM checkpoints), link.at))
       ) AS timely
     FROM events AS link
     LEFT JOIN events AS before ON before.place = (SELECT max(place) FROM events WHERE place < link.place)
     WHERE link.stack = ? AND link.place > ? AND link.seq > ? ORDER BY link.place LIMIT ?`,
  );
  // From name to name through an index: to read all of it takes a tenth of a second for a million events.
  const nextStack = db.prepare("SELECT min(stack) AS stack FROM events WHERE stack > ?");
  const nextGroup = db.prepare("SELECT min(groupName) AS name FROM events WHERE groupName > ?");
  const nextOfGroup = db.prepare("SELECT min(stack) AS stack FROM events WHERE groupName = ? AND stack > ?");

  function readHead(stack: string): Head {
    const row = head.get(stack) ?? checkpoint.get(stack);
    return row ? { seq: numberOf(row, "seq"), hash: textOf(row, "hash") } : GENESIS;
  }

  function* namesOf(next: (last: string) => Row, column: string): Generator<string, void> {
    for (let row = next(""); typeof row?.[column] === "string"; ) {
      const name = textOf(row, column);
      yield name;
      row = next(name);
    }
  }

  function stacksOf(group: string): readonly string[] {
    return [...namesOf((last) => nextOfGroup.get(group, last), "stack")];
  }

  function read(query: EventQuery): readonly JournalEntry[] {
    const { sql, values } = selection(query);
    return db.prepare(sql).all(values).map(entryOf);
  }

  return {
    append(stack, drafts, at) {
      if (drafts.length === 0) return [];
      const before = latest.get();
      const newest = before === undefined ? at : Math.max(at, numberOf(before, "latest"));
      return chain(stack, drafts, at, readHead(stack)).map(({ event, text }) => {
        append.run(stack, event.seq, event.group ?? null, event.type, at, newest, event.hash, text);
        return event;
      });
    },
    events(query) {
      const { stack, group, limit = EVENTS_PER_PAGE, newestFirst = false } = query;
      if (typeof group !== "string" || stack !== undefined) return read(query);
      // The index has the events of a group by stack: to read across stacks would sort all of them.
      const found = stacksOf(group).flatMap((each) => read({ ...query, stack: each }));
      return found.sort((a, b) => (newestFirst ? b.place - a.place : a.place - b.place)).slice(0, Math.max(0, limit));
    },
    stacks: () => [...namesOf((last) => nextStack.get(last), "stack")],
    groups: () =>
      [...namesOf((last) => nextGroup.get(last), "name")].flatMap((group) =>
        stacksOf(group).map((stack) => ({ stack, group })),
      ),
    links: (stack, after, dropped, limit) => links.all(stack, after, dropped, limit).map(linkOf),
  };
}

function entryOf(row: Row): JournalEntry {
  const place = numberOf(row, "place");
  const event = eventOf(textOf(row, "body"), textOf(row, "hash"));
  if (event === undefined) throw new Damage(`at place ${place} of its journal lies what is no event`);
  return { place, event };
}

function linkOf(row: Row): StoredLink {
  return {
    place: numberOf(row, "place"),
    stack: textOf(row, "stack"),
    seq: numberOf(row, "seq"),
    group: row?.["groupName"] === null ? undefined : textOf(row, "groupName"),
    type: textOf(row, "type"),
    at: numberOf(row, "at"),
    timely: numberOf(row, "timely") === 1,
    hash: textOf(row, "hash"),
    text: textOf(row, "body"),
  };
}
