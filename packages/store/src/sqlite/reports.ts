import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Json } from "@muster/model";
import {
  type KeptReport,
  REPORTS_IN_ALL,
  REPORTS_PER_SUBJECT,
  type ReportLine,
  type ReportQuery,
} from "../contract.ts";
import { numberOf, type Row, someJsonOf, textOf } from "./rows.ts";

/**
 * Beside the format of the rest: it is made when the first report is kept, and whoever knows nothing of it is not troubled by
 * it. So an older Muster goes on with the file, and none has to end for it.
 */
const TABLE = `
  CREATE TABLE IF NOT EXISTS reports (
    place INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    summary TEXT NOT NULL,
    report TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS reportsBySubject ON reports (subject, place);
`;

export interface ReportTable {
  /** Within a transaction. */
  keep(report: KeptReport): void;
  lines(query: ReportQuery): readonly ReportLine[];
  last(subject: string | undefined): KeptReport | undefined;
}

export function reportTable(db: DatabaseSync): ReportTable {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'reports'");

  function all(sql: string, values: Record<string, SQLInputValue>): readonly Row[] {
    return known.get() === undefined ? [] : db.prepare(sql).all(values);
  }

  return {
    keep({ subject, at, summary, report }) {
      db.exec(TABLE);
      db.prepare("INSERT INTO reports (subject, at, summary, report) VALUES (?, ?, ?, ?)").run(
        ...[subject, at, JSON.stringify(summary), JSON.stringify(report)],
      );
      db.prepare(
        `DELETE FROM reports WHERE subject = :subject AND place <=
           (SELECT place FROM reports WHERE subject = :subject ORDER BY place DESC LIMIT 1 OFFSET :most)`,
      ).run({ subject, most: REPORTS_PER_SUBJECT });
      // The newest is never dropped, so that places grow by one.
      db.prepare("DELETE FROM reports WHERE place <= (SELECT max(place) FROM reports) - ?").run(REPORTS_IN_ALL);
    },
    lines: ({ subject = null, since = 0 }) =>
      all(
        `SELECT subject, at, summary FROM reports
         WHERE (:subject IS NULL OR subject = :subject) AND at >= :since ORDER BY place`,
        { subject, since },
      ).map(lineOf),
    last(subject = undefined) {
      const [row] = all(
        `SELECT subject, at, summary, report FROM reports
         WHERE :subject IS NULL OR subject = :subject ORDER BY place DESC LIMIT 1`,
        { subject: subject ?? null },
      );
      return row && { ...lineOf(row), report: someJsonOf<Json>(row, "report") };
    },
  };
}

function lineOf(row: Row): ReportLine {
  return { subject: textOf(row, "subject"), at: numberOf(row, "at"), summary: someJsonOf<Json>(row, "summary") };
}
