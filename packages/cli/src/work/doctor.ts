import { randomBytes } from "node:crypto";
import { type Check, localTarget, type Report, type ReportForm, type Result, reportAs, verify } from "@muster/checks";
import { checksOf, sourceOf } from "@muster/declaration";
import { EXIT, type JsonObject } from "@muster/model";
import type { Cli } from "../cli.ts";
import { premisesOf } from "../doctor/premises.ts";
import { type Part, type Question, suiteFor } from "../doctor/suite.ts";
import { type Asked, doctorText, type PartAsked } from "../print/doctor-text.ts";
import { paint } from "../print/paint.ts";
import { listenForEnd } from "./ending.ts";

export interface DoctorFlags {
  readonly output: ReportForm;
}

/** Of all that must be asked in one round trip, in milliseconds: each question has a shorter time of its own. */
const TIMEOUT_MS = 60_000;

/** Asks the suite of this machine as `verify` asks any checks. What serves only a part of Muster is told, and no failure. */
export async function askDoctor(this: Cli, { output }: DoctorFlags): Promise<void> {
  const parts = suiteFor(premisesOf(this.env, this.user()));
  const questions = parts.flatMap((part) => part.questions.map((question) => ({ part, question })));
  const checks = checksIn(questions.map(({ question }) => question));
  const ending = listenForEnd();
  const signal = AbortSignal.any([ending.asked, this.out.closed]);
  const target = localTarget({ env: environmentOf(this), boundary: () => `muster${randomBytes(16).toString("hex")}` });
  const report = await verify(checks, {
    ...{ targets: [target], timeoutMs: TIMEOUT_MS, retryForMs: 0, now: Date.now, signal },
    pause: async () => undefined,
  });
  ending.forget();
  const asked = askedIn(questions, checks, report.results);
  const told = toldOf(asked, report);
  this.out.write(written(this, output, asked, told));
  if (ending.asked.aborted) this.process.exitCode = EXIT.interrupted;
  else if (told.counts.fail > 0) this.process.exitCode = EXIT.failed;
  else if (told.counts.unknown > 0) this.process.exitCode = EXIT.unsure;
}

function environmentOf({ env }: Cli): Readonly<Record<string, string>> {
  const set = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(set);
}

function checksIn(questions: readonly Question[]): readonly Check[] {
  // An entry has what more could be said beside its data.
  const data: JsonObject = JSON.parse(JSON.stringify({ checks: questions.map(({ check }) => check) }));
  return checksOf(sourceOf({ dialect: "muster", data }));
}

/** The results come in the order of the checks, one for each statement. */
function askedIn(
  questions: readonly { readonly part: Part; readonly question: Question }[],
  checks: readonly Check[],
  results: readonly Result[],
): readonly PartAsked[] {
  const parts = new Map<Part, Asked[]>();
  let from = 0;
  for (const [at, { part, question }] of questions.entries()) {
    const check = checks[at];
    const to = from + (check?.statements.length ?? 0);
    const isOptional = !part.always || question.isAdvice === true;
    const its = results.slice(from, to).map((each): Result => (isOptional ? { ...each, optional: true } : each));
    parts.set(part, [...(parts.get(part) ?? []), { title: check?.title ?? "", next: question.next, results: its }]);
    from = to;
  }
  return [...parts].map(([{ serves, always }, asked]) => ({ serves, always, asked }));
}

/** The same report, in which what need not hold does not count as wrong. */
function toldOf(parts: readonly PartAsked[], report: Report): Report {
  const results = parts.flatMap(({ asked }) => asked.flatMap((each) => each.results));
  const must = results.filter(({ optional }) => optional !== true);
  const count = (of: readonly Result[], wanted: Result["verdict"]) =>
    of.filter(({ verdict }) => verdict === wanted).length;
  const counts = { pass: count(results, "pass"), fail: count(must, "fail"), unknown: count(must, "unknown") };
  return { ...report, results, counts };
}

function written(cli: Cli, form: ReportForm, parts: readonly PartAsked[], report: Report): string {
  switch (form) {
    case "text":
      return doctorText(parts, (color, text) => paint(cli.out, color, text));
    case "json":
      return `${JSON.stringify({ ...report, results: undefined, parts })}\n`;
    default:
      return reportAs(form, report, (_, text) => text);
  }
}
