/**
 * A report in the text format of Prometheus: 1 pass, 0 fail; of what could not be told there is no number, and a metric of its
 * own says so. Each combination of labels stands once, whatever was asked twice: the worst of them counts.
 */
import { subjectText } from "../kind.ts";
import type { Report, Result } from "../verify.ts";

export function reportPrometheus({ results, counts, at, tookMs }: Report): string {
  const series = worstByLabels(results);
  const told = series.filter(([, verdict]) => verdict !== "unknown");
  return [
    ...metric("muster_check_pass", "Whether a statement holds: 1 it does, 0 it does not"),
    ...told.map(([labels, verdict]) => `muster_check_pass${labels} ${verdict === "pass" ? 1 : 0}`),
    ...metric("muster_check_unknown", "Whether nobody could tell if a statement holds: 1 nobody could"),
    ...series.map(([labels, verdict]) => `muster_check_unknown${labels} ${verdict === "unknown" ? 1 : 0}`),
    ...metric("muster_checks", "How many statements there are, by verdict"),
    ...Object.entries(counts).map(([verdict, count]) => `muster_checks{verdict="${verdict}"} ${count}`),
    ...metric("muster_checks_duration_seconds", "How long it took to ask"),
    `muster_checks_duration_seconds ${tookMs / 1_000}`,
    ...metric("muster_checks_last_round_timestamp_seconds", "When was asked last, in seconds since 1970"),
    `muster_checks_last_round_timestamp_seconds ${at / 1_000}`,
    "",
  ].join("\n");
}

function metric(name: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
}

const WORSE = { pass: 0, unknown: 1, fail: 2 } as const;

/** In the order in which they came first. */
function worstByLabels(results: readonly Result[]): readonly (readonly [string, Result["verdict"]])[] {
  const worst = new Map<string, Result["verdict"]>();
  for (const result of results) {
    const labels = labelsOf(result);
    const before = worst.get(labels) ?? "pass";
    worst.set(labels, WORSE[result.verdict] > WORSE[before] ? result.verdict : before);
  }
  return [...worst];
}

function labelsOf({ kind, subject, property, target, title = "", optional }: Result): string {
  const all = {
    ...{ kind, subject: subjectText(subject), property, target },
    ...(title === "" ? {} : { title }),
    ...(optional === true ? { optional: "true" } : {}),
  };
  const written = Object.entries(all).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${written.join(",")}}`;
}

/** The format knows these three; a carriage return, which readers of lines trip over, is a space. */
function escaped(text: string): string {
  const plain = text.toWellFormed().replaceAll("\r", " ");
  return plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
