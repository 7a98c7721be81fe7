/** Tries in words: a line for each step, below it what did not pass, and a table of all at the end. */
import { reportAs } from "@muster/checks";
import { durationText, placeText } from "@muster/model";
import type { Printer } from "../cli.ts";
import type { ErrorView } from "../print/errors.ts";
import { eventLine } from "../print/event-line.ts";
import { paint, plain, plainLines } from "../print/paint.ts";
import { plansText } from "../print/plan.ts";
import { table } from "../print/table.ts";
import { timeOfDay } from "../print/time.ts";
import { STEPS, type StepResult, type StepVerdict, type TryResult } from "./result.ts";

export const VERDICT_COLORS = { pass: "green", fail: "red", unknown: "yellow", skip: "dim" } as const;
const WORDS: Readonly<Record<StepVerdict, string>> = { pass: "pass", fail: "fail", unknown: "unknown", skip: "-" };

export function headText(
  { stack, platform, id }: Pick<TryResult, "stack" | "platform" | "id">,
  printer: Printer,
): string {
  const named = platform === "" ? "" : ` · ${plain(platform)}`;
  return `${paint(printer, "bold", `${plain(stack)}${named}`)} · try ${id}\n`;
}

/** @param withEvents also of a step that has passed it is told what was done */
export function stepText(step: StepResult, printer: Printer, withEvents: boolean): string {
  const { verdict, tookMs, message } = step;
  const word = paint(printer, VERDICT_COLORS[verdict], WORDS[verdict].padEnd(7));
  const took = (verdict === "skip" ? "" : tookText(tookMs)).padStart(6);
  const head = `  ${step.step.padEnd(7)}  ${word} ${took}  ${plain(message)}`.trimEnd();
  const isTold = withEvents || (verdict !== "pass" && verdict !== "skip");
  return `${[head, ...(isTold ? below(step, printer, withEvents) : [])].join("\n")}\n`;
}

function below(
  { errors = [], plan, report, lastWords = [], events }: StepResult,
  printer: Printer,
  withEvents: boolean,
): readonly string[] {
  const told = errors.flatMap((error) => errorLines(error, errors.length > 1, printer));
  const colored = (verdict: keyof typeof VERDICT_COLORS, text: string) => paint(printer, VERDICT_COLORS[verdict], text);
  const isShown = withEvents || errors.length > 0;
  const text = [
    ...(isShown ? events.map((event) => eventLine(event, timeOfDay, printer)) : []),
    plan === undefined ? "" : plansText([plan], printer),
    report === undefined ? "" : reportAs("text", report, colored),
  ].join("");
  const said = lastWords.flatMap(({ name, text }) => [
    `${plain(name)} has printed last:`,
    ...plainLines(text)
      .split("\n")
      .map((line) => `  ${line}`),
  ]);
  const lines = [...text.split("\n").filter((line) => line !== ""), ...told, ...said];
  return lines.map((line) => `    ${line}`);
}

/** Of one that is alone its message stands in the line above. */
function errorLines(
  { code, message, place, next }: ErrorView,
  isOneOfMany: boolean,
  printer: Printer,
): readonly string[] {
  const head = paint(printer, "red", `error[${code}]`) + (isOneOfMany ? `: ${plain(message)}` : "");
  const at = placeText(place);
  return [head, ...(at === "" ? [] : [`  at ${plain(at)}`]), `  ${paint(printer, "dim", "next:")} ${plain(next)}`];
}

/** How a person goes on with one that is kept. */
export function keptText({ id }: Pick<TryResult, "id">): string {
  return `  kept: muster try login ${id} · muster try logs ${id} · muster try destroy ${id}\n`;
}

/** How a person goes on with one of which something is left that nobody wanted to keep. */
export function leftText({ id }: Pick<TryResult, "id">): string {
  return `  left: muster try destroy ${id}, when what holds it is mended; the next \`muster try\` tries it too\n`;
}

/** All of them, one a line. */
export function tableText(results: readonly TryResult[]): string {
  const head = ["TRY", "STACK", "PLATFORM", ...STEPS.map((step) => step.toUpperCase()), "LEFT"];
  const rows = results.map(({ id, stack, platform, kept, steps }) => {
    const verdicts = STEPS.map((name) => WORDS[steps.find(({ step }) => step === name)?.verdict ?? "skip"]);
    return [id, plain(stack), platform === "" ? "-" : plain(platform), ...verdicts, leftWord(kept, steps)];
  });
  return table([head, ...rows]);
}

function leftWord(kept: boolean, steps: readonly StepResult[]): string {
  if (kept) return "kept";
  const isGone = steps.some(({ step, verdict }) => step === "gone" && verdict === "pass");
  return isGone || steps.length === 0 ? "nothing" : "something";
}

export function countsText(results: readonly TryResult[], tookMs: number): string {
  const { pass, fail, unknown } = countsOf(results);
  return `${pass} pass, ${fail} fail, ${unknown} unknown (${tookText(tookMs)})\n`;
}

export function countsOf(results: readonly TryResult[]): Readonly<Record<TryResult["verdict"], number>> {
  const count = (wanted: TryResult["verdict"]) => results.filter(({ verdict }) => verdict === wanted).length;
  return { pass: count("pass"), fail: count("fail"), unknown: count("unknown") };
}

function tookText(ms: number): string {
  return durationText(ms < 1_000 ? Math.round(ms) : Math.round(ms / 1_000) * 1_000);
}
