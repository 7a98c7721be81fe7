import { type Event, isObject, type Json, sameJson } from "@muster/model";
import { plain } from "./paint.ts";
import { looksAlike, toldApart } from "./unseen.ts";

/** More than so many lines, or characters in a value, tell a person less. */
const MOST_LINES = 12;
const MOST_CHARACTERS = 60;

/**
 * What an event changed, a line for each value: `size  3 → 4`. What was not there before has no left side, and what is not
 * there any more no right one; where it is not known what was before, all that is now counts as new.
 */
export function changesOf({ before, after }: Pick<Event, "before" | "after">): readonly string[] {
  if (before === undefined && after === undefined) return [];
  const [was, is] = [valuesOf(before), valuesOf(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])];
  const lines = paths
    .filter((path) => !sameJson(was.get(path), is.get(path)))
    .map((path) => `${path === "" ? "" : `${plain(path)}  `}${sides(was.get(path), is.get(path))}`);
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `and ${lines.length - MOST_LINES + 1} more (--output json has all)`];
}

function sides(was: Json | undefined, is: Json | undefined): string {
  if (was === undefined) return `→ ${text(is)}`;
  if (is === undefined) return `${text(was)} → nothing`;
  return looksAlike(text(was), text(is)) ? toldApart(was, is).join(" → ") : `${text(was)} → ${text(is)}`;
}

/** By their paths; a list is one value. */
function valuesOf(json: Json | undefined): ReadonlyMap<string, Json> {
  const values = new Map<string, Json>();
  const add = (path: string, value: Json): void => {
    const entries = isObject(value) ? Object.entries(value) : [];
    if (entries.length === 0) values.set(path, value);
    for (const [key, inner] of entries) add(path === "" ? key : `${path}.${key}`, inner);
  };
  if (json !== undefined) add("", json);
  return values;
}

function text(value: Json | undefined): string {
  const whole = plain(typeof value === "string" && value !== "" ? value : JSON.stringify(value));
  return whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS - 1)}…` : whole;
}
