/** Reports that are kept: written after each asking, and read again. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Report, type ReportForm, type Result, withheld } from "@muster/checks";
import { durationText, EXIT, isObject, type Json, MusterError } from "@muster/model";
import { type KeptReport, openSqliteStore, type ReportLine, type Store, storePath } from "@muster/store";
import type { Cli } from "../cli.ts";
import { dateAndTime } from "../print/time.ts";
import { storeToRead } from "../work/store-to-read.ts";
import { timeOf } from "../work/times.ts";
import { printReport } from "./print.ts";

/** Results of one report that are kept, and their bytes as JSON. */
const MOST_RESULTS = 5_000;
const MOST_BYTES = 4_194_304;

export interface ToKeep {
  readonly subject: string;
  readonly report: Report;
}

/** What was asked has been asked, and printed: that it could not be kept is told, and no failure. */
export async function keepReports(cli: Cli, reports: readonly ToKeep[]): Promise<void> {
  try {
    const store = openSqliteStore(storePath(cli.env));
    try {
      for (const each of reports) await store.keepReport(keptOf(each));
    } finally {
      await store.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof MusterError) || thrown.code === "internal") throw thrown;
    cli.err.write(`The report was not kept: ${thrown.message}\n`);
  }
}

export function keptOf({ subject, report }: ToKeep): KeptReport {
  const { counts, at, tookMs } = report;
  const results = fewer(report.results).map(withheld);
  const leftOut = report.results.length - results.length;
  // What nothing stands for is left out of JSON: as plain data it is what will be read.
  const plain: Json = JSON.parse(JSON.stringify({ ...report, results }));
  return { subject, at, summary: { ...counts, tookMs, ...(leftOut === 0 ? {} : { leftOut }) }, report: plain };
}

/** Where they are too many, those that pass are left out first. */
function fewer(results: readonly Result[]): readonly Result[] {
  const bytes = (of: readonly Result[]) => Buffer.byteLength(JSON.stringify(of));
  if (results.length <= MOST_RESULTS && bytes(results) <= MOST_BYTES) return results;
  const worst = results.toSorted((a, b) => Number(a.verdict === "pass") - Number(b.verdict === "pass"));
  let most = Math.min(results.length, MOST_RESULTS);
  while (most > 0 && bytes(worst.slice(0, most)) > MOST_BYTES) most = Math.floor(most / 2);
  return worst.slice(0, most);
}

export interface KeptFlags {
  readonly output: ReportForm;
  readonly since?: string;
}

/** Prints the last one as it was printed then, and says by the exit code what it said then. */
export async function showLast(cli: Cli, { output }: KeptFlags, subjects: readonly string[]): Promise<void> {
  await reading(cli, subjects, async (store, subject) => {
    const kept = await store.lastReport(subject);
    if (kept === undefined) throw await noReport(store, subject);
    const report = reportIn(kept, cli);
    printReport(cli, output, report);
    if (report.counts.fail > 0) cli.process.exitCode = EXIT.failed;
    else if (report.counts.unknown > 0) cli.process.exitCode = EXIT.unsure;
  });
}

/** One line each, newest last. */
export async function showReports(cli: Cli, { output, since }: KeptFlags, subjects: readonly string[]): Promise<void> {
  if (output !== "text" && output !== "json") {
    throw new MusterError("usage.bad-value", { what: "--output", detail: "it is a list", wanted: "text or json" });
  }
  const from = since === undefined ? {} : { since: timeOf("--since", since, Date.now()) };
  await reading(cli, subjects, async (store, subject) => {
    const lines = await store.reports({ ...from, ...(subject === undefined ? {} : { subject }) });
    if (lines.length === 0 && since === undefined) throw await noReport(store, subject);
    cli.out.write(lines.map((line) => (output === "json" ? `${JSON.stringify(line)}\n` : lineText(line))).join(""));
  });
}

function lineText({ subject, at, summary }: ReportLine): string {
  const said = isObject(summary) ? summary : {};
  const [pass, fail, unknown, tookMs] = ["pass", "fail", "unknown", "tookMs"].map((key) => Number(said[key] ?? 0));
  const took = durationText(Math.round(tookMs ?? 0));
  return `${dateAndTime(at)}  ${subject}  ${pass} pass, ${fail} fail, ${unknown} unknown (${took})\n`;
}

async function reading(
  cli: Cli,
  subjects: readonly string[],
  read: (store: Store, subject: string | undefined) => Promise<void>,
): Promise<void> {
  const [written, ...others] = subjects;
  if (others.length > 0) {
    const detail = "one stack, or one file, at a time";
    throw new MusterError("usage.bad-value", { what: others.join(" "), detail, wanted: "one name or path" });
  }
  const store = storeToRead(cli);
  try {
    await read(store, written === undefined ? undefined : await subjectOf(cli, store, written));
  } finally {
    await store.close();
  }
}

/** A file that was asked is called by its path; the file of a stack, by what stack it declares; a stack by its name. */
async function subjectOf(cli: Cli, store: Store, written: string): Promise<string> {
  const path = resolve(cli.cwd, written);
  if ((await store.lastReport(path)) !== undefined) return path;
  if ((await store.lastReport(written)) !== undefined || !existsSync(path)) return written;
  const { readPart } = await import("./parts.ts");
  return (await readPart(cli, written)).declared?.stack.name ?? path;
}

async function noReport(store: Store, subject: string | undefined): Promise<MusterError> {
  const known = [...new Set((await store.reports({})).map((line) => line.subject))];
  const fix =
    known.length === 0
      ? "`muster verify FILE` asks, and keeps what it was told."
      : `There are some of ${known.slice(0, 10).join(", ")}.`;
  return new MusterError("history.no-report", { of: subject === undefined ? "" : ` of ${subject}`, fix });
}

function reportIn({ report }: KeptReport, { env }: Pick<Cli, "env">): Report {
  if (isReport(report)) return report;
  throw new MusterError("store.damaged", { path: storePath(env), detail: "a report is none" });
}

function isReport(value: unknown): value is Report {
  return isObject(value) && Array.isArray(value["results"]) && isObject(value["counts"]);
}
