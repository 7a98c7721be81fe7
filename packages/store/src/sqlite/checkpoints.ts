import type { DatabaseSync } from "node:sqlite";
import type { Checkpoint } from "../contract.ts";
import type { GroupPast } from "../past.ts";
import { Damage, numberOf, type Row, someJsonOf, textOf } from "./rows.ts";

/** What was dropped of each stack's history. */
export interface CheckpointTable {
  read(stack: string): Checkpoint | undefined;
  all(): readonly Checkpoint[];
  /** The number of the last event that was dropped; 0: none was. */
  dropped(stack: string): number;
  /** Within a transaction. */
  put(checkpoint: Checkpoint): void;
  /** Deletes at most so many events that were dropped, oldest first; says how many. */
  sweep(stack: string, most: number): number;
}

export function checkpointTable(db: DatabaseSync): CheckpointTable {
  const read = db.prepare("SELECT * FROM checkpoints WHERE stack = ?");
  const all = db.prepare("SELECT * FROM checkpoints ORDER BY stack");
  const dropped = db.prepare("SELECT seq FROM checkpoints WHERE stack = ?");
  const put = db.prepare(
    "INSERT OR REPLACE INTO checkpoints (stack, seq, hash, until, at, actor, groups) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  // Numbers grow with places. So the first event that is to stay ends it, and nothing beyond is looked at.
  const sweep = db.prepare(`
    DELETE FROM events WHERE place IN (
      SELECT place FROM (SELECT place, seq FROM events WHERE stack = :stack ORDER BY place LIMIT :most)
      WHERE seq <= (SELECT seq FROM checkpoints WHERE stack = :stack)
    )`);

  return {
    read(stack) {
      const row = read.get(stack);
      return row && checkpointOf(row);
    },
    all: () => all.all().map(checkpointOf),
    dropped(stack) {
      const row = dropped.get(stack);
      return row === undefined ? 0 : numberOf(row, "seq");
    },
    put({ stack, seq, hash, until, at, actor, groups }) {
      put.run(stack, seq, hash, until, at, actor, JSON.stringify(groups));
    },
    sweep: (stack, most) => Number(sweep.run({ stack, most }).changes),
  };
}

function checkpointOf(row: Row): Checkpoint {
  const groups = someJsonOf<readonly GroupPast[]>(row, "groups");
  if (!Array.isArray(groups)) throw new Damage("what is kept of the groups of dropped events is no list");
  return {
    stack: textOf(row, "stack"),
    seq: numberOf(row, "seq"),
    hash: textOf(row, "hash"),
    until: numberOf(row, "until"),
    at: numberOf(row, "at"),
    actor: textOf(row, "actor"),
    groups,
  };
}
