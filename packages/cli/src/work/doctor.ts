import { type Check, type Report, type ReportForm, type Result, reportAs } from "@muster/checks";
import { checksOf, sourceOf } from "@muster/declaration";
import type { JsonObject } from "@muster/model";
import type { Cli } from "../cli.ts";
import { premisesOf } from "../doctor/premises.ts";
import { type Part, suiteFor } from "../doctor/suite.ts";
import { doctorText, type PartAsked } from "../print/doctor-text.ts";
import { paint } from "../print/paint.ts";
import { type AskedHere, askHere, exitBy } from "../verify/ask-here.ts";

export interface DoctorFlags {
  readonly output: ReportForm;
}

/** Of all that must be asked, in milliseconds: each question has a shorter time of its own. */
const TIMEOUT_MS = 60_000;

/** Asks the suite of this machine as `verify` asks any checks. What serves only a part of Muster is told, and no failure. */
export async function askDoctor(this: Cli, { output }: DoctorFlags): Promise<void> {
  const parts = suiteFor(premisesOf(this.env, this.user())).map((part) => ({ part, checks: checksIn(part) }));
  const checks = parts.flatMap((each) => each.checks);
  const { report, byCheck } = await askHere(this, checks, TIMEOUT_MS);
  const asked = parts.map((each) => partAsked(each.part, each.checks, byCheck));
  const told = toldOf(asked, report);
  this.out.write(written(this, output, asked, told));
  exitBy(this, told.counts);
}

function checksIn({ questions }: Part): readonly Check[] {
  // An entry has what more could be said beside its data.
  const data: JsonObject = JSON.parse(JSON.stringify({ checks: questions.map(({ check }) => check) }));
  return checksOf(sourceOf({ dialect: "muster", data }));
}

function partAsked(
  { serves, always, questions }: Part,
  checks: readonly Check[],
  byCheck: AskedHere["byCheck"],
): PartAsked {
  const asked = checks.map((check, at) => {
    const { next = "", isAdvice = false } = questions[at] ?? {};
    const results = byCheck.get(check) ?? [];
    const isOptional = !always || isAdvice;
    return {
      ...{ title: check.title ?? "", next },
      results: results.map((each): Result => (isOptional ? { ...each, optional: true } : each)),
    };
  });
  return { serves, always, asked };
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
