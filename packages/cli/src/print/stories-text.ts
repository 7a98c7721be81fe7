/** Stories for a person: what does not hold, what is open, and how many of each area are shown by what. */
import { printable, type Result, statementText } from "@muster/checks";
import { type Counts, type Coverage, STANDINGS, type Standing, type ToldStory } from "../stories/coverage.ts";
import type { Color } from "./paint.ts";
import { table } from "./table.ts";

/** These are told one by one: somebody has something to do about them. */
const TOLD: readonly Standing[] = ["failing", "unknown", "open"];
const COLORS: Readonly<Partial<Record<Standing, Color>>> = { failing: "red", unknown: "yellow", open: "yellow" };
const INDENT = " ".repeat(9);

export function storiesText(
  { areas, counts, stories }: Coverage,
  paint: (color: Color, text: string) => string,
): string {
  const told = TOLD.flatMap((standing) => stories.filter((story) => story.standing === standing));
  const columns = STANDINGS.filter((standing) => counts[standing] > 0);
  const row = (name: string, of: Counts) => [name, ...columns.map((each) => String(of[each] || "-"))];
  const rows = [
    ["AREA", ...columns.map((each) => each.toUpperCase())],
    ...areas.map(({ area, counts: its }) => row(area, its)),
    row(`${stories.length} stories`, counts),
  ];
  return [...told.flatMap((each) => linesOf(each, paint)), table(rows)].join("");
}

function linesOf(told: ToldStory, paint: (color: Color, text: string) => string): readonly string[] {
  const { id, story, standing, why, results } = told;
  const head = `${paint(COLORS[standing] ?? "blue", standing.padEnd(7))}  ${printable(id)}: ${printable(story)}`;
  const more = [...(why === undefined ? [] : [why]), ...results.flatMap(troubleOf)];
  return [`${head}\n`, ...more.map((line) => `${INDENT}${printable(line)}\n`)];
}

function troubleOf(result: Result): readonly string[] {
  const { verdict, expected = "", found = "", reason = "" } = result;
  if (verdict === "pass") return [];
  const why = verdict === "fail" ? `expected ${expected}, found ${found}` : `could not be told: ${reason}`;
  return [`${statementText(result)}: ${why}`];
}
