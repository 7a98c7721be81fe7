/** A report in the text format of Prometheus: 1 pass, 0 fail; what could not be told is a metric of its own. */
import { subjectText } from "../kind.ts";
import type { Report, Result } from "../verify.ts";

export function reportPrometheus({ results, counts, tookMs }: Report): string {
  const told = results.filter(({ verdict }) => verdict !== "unknown");
  const untold = results.filter(({ verdict }) => verdict === "unknown");
  return [
    ...metric("muster_check_pass", "Whether a statement holds", "gauge"),
    ...told.map((result) => `muster_check_pass${labels(result)} ${result.verdict === "pass" ? 1 : 0}`),
    ...metric("muster_check_unknown", "Statements of which nobody could tell whether they hold", "gauge"),
    ...untold.map((result) => `muster_check_unknown${labels(result)} 1`),
    ...metric("muster_checks", "How many statements there are, by verdict", "gauge"),
    ...Object.entries(counts).map(([verdict, count]) => `muster_checks{verdict="${verdict}"} ${count}`),
    ...metric("muster_checks_duration_seconds", "How long it took to ask", "gauge"),
    `muster_checks_duration_seconds ${tookMs / 1_000}`,
    "",
  ].join("\n");
}

function metric(name: string, help: string, type: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labels({ kind, subject, property, target, title = "", optional }: Result): string {
  const all = {
    ...{ kind, subject: subjectText(subject), property, target },
    ...(title === "" ? {} : { title }),
    ...(optional === true ? { optional: "true" } : {}),
  };
  const written = Object.entries(all).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${written.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
