/** One property that changes, in a line; a text of several lines as what differs between them. */
import type { Json, Price, PropertyChange } from "@muster/model";
import { lineDifference } from "./line-difference.ts";
import { plain } from "./paint.ts";
import { looksAlike, quoted, seenOf, toldApart } from "./unseen.ts";

/** More characters in a value tell a person less. */
const MOST_CHARACTERS = 60;
/** And more lines of a difference. */
const MOST_LINES = 40;

/** @param step what its change is part of: how long the thing is away, and whether it is made by it */
export function changeLines(
  change: PropertyChange,
  step: { readonly effect: string; readonly why?: string; readonly downtimeMs?: number },
): readonly string[] {
  const { property, before, after, secret, unknown } = change;
  const notes = notesOf(change, step);
  const name = plain(property);
  if (secret === true) return [`${name}: (secret)${notes}`];
  if (unknown !== undefined) {
    const was = before === undefined ? "" : `${valueText(before)} → `;
    return [`${name}: ${was}(known after apply: ${plain(unknown)})${notes}`];
  }
  if (typeof before === "string" && typeof after === "string" && (hasLines(before) || hasLines(after))) {
    return [`${name}:${notes}`, ...differenceLines(before, after)];
  }
  return [`${name}: ${sides(before, after)}${notes}`];
}

function sides(before: Json | undefined, after: Json | undefined): string {
  if (before === undefined) return valueText(after);
  if (after === undefined) return `${valueText(before)} → nothing`;
  const [was, is] = [valueText(before), valueText(after)];
  return looksAlike(was, is) ? toldApart(before, after).join(" → ") : `${was} → ${is}`;
}

/** A value in a few words: what is long is cut, and what has several lines is counted. */
export function valueText(value: Json | undefined): string {
  if (typeof value === "string" && hasLines(value)) return `${value.trimEnd().split("\n").length} lines`;
  const whole = typeof value === "string" && value !== "" ? value.trimEnd() : JSON.stringify(value ?? null);
  const shown = plain(whole);
  return shown.length > MOST_CHARACTERS ? `${shown.slice(0, MOST_CHARACTERS - 1)}…` : shown;
}

function hasLines(text: string): boolean {
  return text.trimEnd().includes("\n");
}

/** Whether a line differs from another one in nothing that is seen. */
function alikeIn(difference: readonly string[]): (line: string) => boolean {
  const seen = (sign: string) =>
    new Set(difference.filter((line) => line.startsWith(sign)).map((line) => seenOf(line.slice(1))));
  const [gone, come] = [seen("-"), seen("+")];
  return (line) => {
    const text = seenOf(line.slice(1));
    return /^[-+]/.test(line) && ((gone.has(text) && come.has(text)) || /[^\S\n]$/.test(line.slice(2)));
  };
}

/** A line of a difference, quoted: what is not seen otherwise is seen then. */
function marked(line: string): string {
  return `${line.slice(0, 2)}${quoted(line.slice(2))}`;
}

function differenceLines(before: string, after: string): readonly string[] {
  const difference = lineDifference(before, after);
  const isAlike = alikeIn(difference);
  const lines = difference.map((line) => `  ${isAlike(line) ? marked(line) : plain(line)}`.trimEnd());
  if (lines.length <= MOST_LINES) return lines;
  return [
    ...lines.slice(0, MOST_LINES - 1),
    `  and ${lines.length - MOST_LINES + 1} more lines (--output json has all)`,
  ];
}

/** ` (restart, away about 1 min)`; nothing where it is had in place, as most are. */
function notesOf(
  { effect, irreversible, reason }: PropertyChange,
  step: { effect: string; why?: string; downtimeMs?: number },
): string {
  // What a new thing is made with costs nothing beside it.
  const plainly = effect === "in-place" || step.effect === "create";
  const notes = [
    ...(plainly ? [] : [effect]),
    ...(plainly || step.downtimeMs === undefined ? [] : [awayText(step.downtimeMs)]),
    ...(irreversible === true ? ["can never be changed back"] : []),
  ].join(", ");
  // What stands with the step needs no second telling.
  const why = reason === undefined || reason === step.why ? "" : plain(reason);
  const all = [notes, why].filter((part) => part !== "").join("; ");
  return all === "" ? "" : ` (${all})`;
}

/** `away about 30 s`, `away about 1 min`, `away about 2 h`. */
export function awayText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `away about ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `away about ${minutes} min` : `away about ${Math.round(minutes / 60)} h`;
}

/** `$6.00 → $12.00 a month`. */
export function priceText({ before, after }: Price): readonly string[] {
  const dollars = (amount: number) => `$${amount.toFixed(2)}`;
  if (before === after) return [];
  const was = before === undefined ? [] : [dollars(before)];
  const will = after === undefined ? ["nothing"] : [dollars(after)];
  return [`${[...was, ...will].join(" → ")} a month`];
}
