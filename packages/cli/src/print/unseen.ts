/** Values that look alike, shown so that they do not. */
import type { Json } from "@muster/model";
import { plain } from "./paint.ts";

/** More characters of a value tell a person less. */
const MOST_CHARACTERS = 60;
/** So many of those that are the same are shown before the first that is not. */
const LEAD = 20;

/** Blanks but the plain one, and what shows nothing at all. */
const UNSEEN = /[^\P{C}\n]|[^\S \n]/gu;

/** As JSON, in which every character is seen. */
export function quoted(value: Json): string {
  return plain(JSON.stringify(value).replaceAll(UNSEEN, escaped));
}

/** Whether nobody who reads both can tell them apart. */
export function looksAlike(before: string, after: string): boolean {
  return seenOf(before) === seenOf(after);
}

/** What is seen of a text, wherever its blanks stand. */
export function seenOf(text: string): string {
  return plain(text).replaceAll(/[\s\p{C}\ufffd]+/gu, "");
}

function escaped(text: string): string {
  return text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** Two values that differ, quoted; of long ones the part where they begin to. */
export function toldApart(before: Json, after: Json): readonly [string, string] {
  const [was, is] = [quoted(before), quoted(after)];
  if (Math.max(was.length, is.length) <= MOST_CHARACTERS) return [was, is];
  const first = [...was].findIndex((each, at) => each !== is[at]);
  const from = Math.max(0, (first < 0 ? was.length : first) - LEAD);
  return [partOf(was, from), partOf(is, from)];
}

function partOf(text: string, from: number): string {
  const lead = from > 0 ? "…" : "";
  const rest = text.slice(from);
  return rest.length > MOST_CHARACTERS ? `${lead}${rest.slice(0, MOST_CHARACTERS - 1)}…` : `${lead}${rest}`;
}
