/** A report for a person: what does not pass, and how it differs. */
import { durationText } from "@muster/model";
import { type Report, type Result, statementText } from "../verify.ts";

/** @param paint a text in the colour of a verdict, where there are colours */
export function reportText(report: Report, paint: (verdict: Result["verdict"], text: string) => string): string {
  const several = new Set(report.results.map(({ target }) => target)).size > 1;
  const lines = report.results.flatMap((result): readonly string[] => {
    const at = several ? ` [${result.target}]` : "";
    return [`${paint(result.verdict, WORDS[result.verdict])} ${statementText(result)}${at}`, ...why(result)];
  });
  return `${[...lines, summary(report)].join("\n")}\n`;
}

const WORDS = { pass: "pass   ", fail: "fail   ", unknown: "unknown" } as const;
const INDENT = "        ";

function why({ verdict, expected, found, difference, reason }: Result): readonly string[] {
  if (verdict === "pass") return [];
  if (verdict === "unknown") return [`${INDENT}could not be told: ${reason}`];
  const more = difference === undefined ? [] : difference.split("\n").map((line) => `${INDENT}${printable(line)}`);
  return [`${INDENT}expected ${printable(expected ?? "")}`, `${INDENT}found    ${printable(found ?? "")}`, ...more];
}

/** What a terminal would act upon is written out. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}

function summary({ counts, rounds, tookMs }: Report): string {
  const asked = rounds === 1 ? "" : `, asked ${rounds} times`;
  const whole = tookMs < 1_000 ? Math.round(tookMs) : Math.round(tookMs / 1_000) * 1_000;
  return `${counts.pass} pass, ${counts.fail} fail, ${counts.unknown} unknown${asked} (${durationText(whole)})`;
}
