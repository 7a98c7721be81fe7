/** A report as JUnit's XML: a suite for each target, a case for each statement, an error where nobody could tell. */
import { type Report, type Result, statementText } from "../verify.ts";

export function reportJunit({ results, counts, tookMs }: Report): string {
  const suites = Map.groupBy(results, ({ target }) => target);
  const all = numbers({ tests: results.length, failures: counts.fail, errors: counts.unknown, ...skipped(results) });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="muster verify" ${all} time="${(tookMs / 1_000).toFixed(3)}">`,
    ...[...suites].flatMap(([target, its]) => suite(target, its)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(target: string, results: readonly Result[]): readonly string[] {
  const must = results.filter(({ optional }) => optional !== true);
  const count = (wanted: Result["verdict"]) => must.filter(({ verdict }) => verdict === wanted).length;
  const all = numbers({
    ...{ tests: results.length, failures: count("fail"), errors: count("unknown") },
    ...skipped(results),
  });
  return [`  <testsuite name="${escaped(target)}" ${all}>`, ...results.map(testCase), "  </testsuite>"];
}

/** What does not hold, and need not. */
function skipped(results: readonly Result[]): Readonly<Record<string, number>> {
  const count = results.filter(({ optional, verdict }) => optional === true && verdict !== "pass").length;
  return count === 0 ? {} : { skipped: count };
}

function testCase(result: Result): string {
  const { kind, verdict, expected = "", found = "", difference, reason = "", optional } = result;
  const begin = `    <testcase classname="${escaped(kind)}" name="${escaped(statementText(result))}"`;
  const message = verdict === "unknown" ? reason : `expected ${expected}, found ${found}`;
  if (optional === true && verdict !== "pass") return `${begin}><skipped message="${escaped(message)}"/></testcase>`;
  switch (verdict) {
    case "pass":
      return `${begin}/>`;
    case "fail":
      return `${begin}><failure message="${escaped(message)}">${escaped(difference ?? message)}</failure></testcase>`;
    case "unknown":
      return `${begin}><error message="${escaped(message)}"/></testcase>`;
  }
}

function numbers(of: Readonly<Record<string, number>>): string {
  return Object.entries(of)
    .map(([name, count]) => `${name}="${count}"`)
    .join(" ");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

/** What no XML may hold, not even escaped, is written out. */
function escaped(text: string): string {
  const held = text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, (each) => {
      return `\\u{${each.codePointAt(0)?.toString(16)}}`;
    });
  return held.replaceAll(/[&<>"\n]/g, (each) => ENTITIES[each] ?? each);
}
