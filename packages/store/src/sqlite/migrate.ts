/** Carries the file of an older Muster over to the present format, in one transaction. */
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isObject, type Json, type JsonObject, MusterError } from "@muster/model";
import { isRunning } from "../alive.ts";
import { type Holder, type Steering, UNSTEERED } from "../contract.ts";
import { Damage, numberOf, someJsonOf, textOf } from "./rows.ts";
import { CHECKPOINTS, EVENT_INDEXES, FORMAT } from "./schema.ts";

/** By the format that they begin with. */
const STEPS: Readonly<Record<number, (db: DatabaseSync) => void>> = { 1: fromFirst };

/**
 * Does nothing when another process has done it meanwhile. Throws `store.in-use` while a Muster holds anything there: an
 * older one that goes on with the newer format would misread it.
 */
export function migrate(db: DatabaseSync, path: string): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const found = numberOf(db.prepare("PRAGMA user_version").get(), "user_version");
    if (found < FORMAT) {
      confirmNobody(db, path);
      for (let format = found; format < FORMAT; format++) STEPS[format]?.(db);
      db.exec(`PRAGMA user_version = ${FORMAT}`);
    }
    db.exec("COMMIT");
  } catch (thrown) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw thrown;
  }
}

function confirmNobody(db: DatabaseSync, path: string): void {
  for (const row of db.prepare("SELECT holder FROM leases WHERE holder IS NOT NULL").all()) {
    const holder = someJsonOf<Holder>(row, "holder");
    if (!mayRun(holder)) continue;
    const { command, pid, socket } = holder;
    throw new MusterError("store.in-use", { path, holder: `\`muster ${command}\` (process ${pid})`, socket });
  }
}

/** Where no process can be seen (another namespace, another system), one that runs has left its socket. */
function mayRun(holder: Holder): boolean {
  return isRunning(holder) ?? (holder.socket !== "" && existsSync(holder.socket));
}

/** Format 1: a group was steered by one word, nothing was known of former versions, and nothing was ever dropped. */
function fromFirst(db: DatabaseSync): void {
  const put = db.prepare("UPDATE declarations SET declaration = ? WHERE stack = ?");
  for (const row of db.prepare("SELECT stack, declaration FROM declarations").all()) {
    put.run(JSON.stringify(declarationFromFirst(someJsonOf<Json>(row, "declaration"))), textOf(row, "stack"));
  }
  db.exec(`
    ${CHECKPOINTS}
    DROP INDEX eventsByStack;
    DROP INDEX eventsByGroup;
    DROP INDEX eventsByTime;
    ALTER TABLE events ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;
    UPDATE events SET latest = upTo.latest
    FROM (SELECT place, max(at) OVER (ORDER BY place) AS latest FROM events) AS upTo
    WHERE events.place = upTo.place;
    ${EVENT_INDEXES}
  `);
}

function declarationFromFirst(declaration: Json): JsonObject {
  if (!isObject(declaration)) throw new Damage("a declaration is no object");
  const { steering } = declaration;
  const words = isObject(steering) ? Object.entries(steering) : [];
  const steered = words.map(([group, word]): [string, JsonObject] => [group, { ...steeringFromFirst(word) }]);
  return { ...declaration, steering: Object.fromEntries(steered), former: {} };
}

function steeringFromFirst(word: Json): Steering {
  if (word === "paused" || word === "destroying") return { ...UNSTEERED, goal: word };
  throw new Damage(`a group is steered by ${JSON.stringify(word)}`);
}
