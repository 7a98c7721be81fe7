/** What the doctor found, for a person: by what it serves; of what is not there, why that is thought and what to do. */
import { printable, type Result } from "@muster/checks";
import type { Color } from "./paint.ts";

/** A question with its answers: one for each thing that must hold. */
export interface Asked {
  readonly title: string;
  readonly next: string;
  readonly results: readonly Result[];
}

export interface PartAsked {
  readonly serves: string;
  readonly always: boolean;
  readonly asked: readonly Asked[];
}

type Word = "pass" | "fail" | "without" | "unknown";

const COLORS: Readonly<Record<Word, Color>> = { pass: "green", fail: "red", without: "yellow", unknown: "yellow" };
const WIDTH = "without".length;
const INDENT = " ".repeat(WIDTH + 4);

export function doctorText(parts: readonly PartAsked[], paint: (color: Color, text: string) => string): string {
  const lines = parts.flatMap(({ serves, always, asked }) => [
    `${always ? "always:" : "only for"} ${serves}`,
    ...asked.flatMap((each) => {
      const word = wordOf(each.results);
      const head = `  ${paint(COLORS[word], word.padEnd(WIDTH))}  ${printable(each.title)}`;
      return word === "pass" ? [head] : [head, ...each.results.flatMap(why), `${INDENT}next: ${printable(each.next)}`];
    }),
  ]);
  return `${[...lines, summary(parts.flatMap(({ asked }) => asked))].join("\n")}\n`;
}

function wordOf(results: readonly Result[]): Word {
  const some = (wanted: Result["verdict"]) => results.find(({ verdict }) => verdict === wanted);
  const failing = some("fail");
  if (failing !== undefined) return failing.optional === true ? "without" : "fail";
  return some("unknown") === undefined ? "pass" : "unknown";
}

function why({ verdict, property, expected = "", found = "", reason = "" }: Result): readonly string[] {
  if (verdict === "pass") return [];
  if (verdict === "unknown") return [`${INDENT}${property}: could not be told: ${reason}`];
  const said = linesOf(found);
  if (said.length === 0) return [`${INDENT}${property}: expected ${printable(expected)}, found ${printable(found)}`];
  return [`${INDENT}${property}: expected ${printable(expected)}, found`, ...said.map((line) => `${INDENT}  ${line}`)];
}

const LINE_ENDS = /(?<!\\)\\n/;

/** What another command has said in several lines, which stand quoted and perhaps cut in a result; nothing where it was one. */
function linesOf(found: string): readonly string[] {
  if (!found.startsWith('"') || !LINE_ENDS.test(found)) return [];
  const lines = found
    .slice(1)
    .replace(/(?:\\n)?"$/, "")
    .split(LINE_ENDS);
  return lines.map((line) => printable(line.replaceAll('\\"', '"')));
}

function summary(asked: readonly Asked[]): string {
  const words = asked.map(({ results }) => wordOf(results));
  const count = (wanted: Word) => words.filter((word) => word === wanted).length;
  const isUntold = asked.some(({ results }) => results.some(mustAndIsUntold));
  const counts = `${count("pass")} pass, ${count("fail")} fail, ${count("unknown")} unknown, ${count("without")} without`;
  if (count("fail") > 0) return `not ready: ${counts}`;
  return `${isUntold ? "ready as far as can be told" : "ready"}: ${counts}`;
}

function mustAndIsUntold({ optional, verdict }: Result): boolean {
  return optional !== true && verdict === "unknown";
}
