/** Where two values part, in lines a person can read. */
import type { Json } from "@muster/model";

const LONGEST_LINE = 120;
/** So many items of a list are named: a directory may hold a million. */
const MOST_NAMED = 20;

/** Undefined where the values, written side by side, say it already. */
export function differenceOf(wanted: Json, value: Json): string | undefined {
  if (typeof wanted === "string" && typeof value === "string") return lineDifference(wanted, value);
  if (Array.isArray(wanted) && Array.isArray(value)) return listDifference(wanted, value);
  return undefined;
}

function lineDifference(wanted: string, value: string): string | undefined {
  if (!wanted.includes("\n") && !value.includes("\n")) return undefined;
  const [want, have] = [wanted.split("\n"), value.split("\n")];
  const at = want.findIndex((line, index) => line !== have[index]);
  const line = at === -1 ? want.length : at;
  return `line ${line + 1}:\n- ${lineText(want[line])}\n+ ${lineText(have[line])}`;
}

function lineText(line: string | undefined): string {
  if (line === undefined) return "(the end)";
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

function listDifference(wanted: readonly Json[], value: readonly Json[]): string | undefined {
  const texts = (items: readonly Json[]) => items.map((item) => JSON.stringify(item));
  const [want, have] = [texts(wanted), texts(value)];
  const [wantedOnes, foundOnes] = [new Set(want), new Set(have)];
  const missing = want.filter((item) => !foundOnes.has(item));
  const surplus = have.filter((item) => !wantedOnes.has(item));
  const parts = [
    ...(missing.length === 0 ? [] : [`missing: ${listed(missing.map(lineText))}`]),
    ...(surplus.length === 0 ? [] : [`not wanted: ${listed(surplus.map(lineText))}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("\n");
}

/** The first of them, and how many more there are. */
export function listed(texts: readonly string[]): string {
  const more = texts.length - MOST_NAMED;
  return `${texts.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
