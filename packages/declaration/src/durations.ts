/** Durations in a declaration: what stands for none is refused with what was meant. */
import { durationOf, durationText, type Json, DURATION_UNITS as UNITS } from "@muster/model";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { described, nameOf, wrongKind } from "./values.ts";

/** Longer than this is taken for a slip of the hand, in milliseconds. */
export const MAX_DURATION_MS = 30 * UNITS.d;

const EXAMPLES = "Write whole numbers with units, the largest first: `500ms`, `10s`, `5m`, `1h30m`.";

/** @param leastMs what is shorter is refused */
export function readDuration(
  value: Json | undefined,
  leastMs: 0 | 1,
  path: Path,
  problems: Problems,
): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") {
    return wrongKind(value, "a duration such as `10s` or `5m`", path, problems);
  }
  const ms = typeof value === "string" ? durationOf(value) : undefined;
  const wrong = ms === undefined ? unreadable(String(value)) : outOfRange(ms, leastMs);
  if (wrong === undefined) return ms;
  problems.add("declaration.bad-duration", { what: nameOf(path), found: described(value), ...wrong }, path);
  return undefined;
}

interface Wrong {
  readonly detail: string;
  readonly fix: string;
}

export function outOfRange(ms: number, leastMs: 0 | 1): Wrong | undefined {
  if (ms < leastMs) return { detail: "it must be longer than nothing", fix: EXAMPLES };
  if (ms <= MAX_DURATION_MS) return undefined;
  return { detail: "that is longer than 30 days", fix: `Write \`${durationText(MAX_DURATION_MS)}\` at most.` };
}

function unreadable(text: string): Wrong {
  if (/^\d+$/.test(text)) return { detail: "it has no unit", fix: `Write \`${text}s\` or \`${text}m\`.` };
  if (/^\s*-/.test(text)) return { detail: "it is negative", fix: EXAMPLES };
  const meant = meantBy(text);
  const fix = meant === undefined ? EXAMPLES : `Write \`${durationText(meant)}\`.`;
  if (/^\d*\.\d+$/.test(text)) return { detail: "it has no unit", fix };
  return { detail: /\d\.\d/.test(text) ? "it has a fraction" : "it is not a number with a unit", fix };
}

/** What near misses mean: `1.5h`, `10 sec`, `30s1m`. In milliseconds. */
function meantBy(text: string): number | undefined {
  const lengths: Readonly<Record<string, number>> = { ...UNITS, sec: UNITS.s, min: UNITS.m };
  const part = /\s*(\d{1,9}(?:\.\d{1,9})?)\s*(ms|sec|s|min|m|h|d)\s*/giy;
  let ms = 0;
  let read = 0;
  for (const [whole, count, unit = ""] of text.matchAll(part)) {
    ms += Number(count) * (lengths[unit.toLowerCase()] ?? 0);
    read += whole.length;
  }
  const usable = read === text.length && read > 0 && Number.isInteger(ms) && ms <= MAX_DURATION_MS;
  return usable ? ms : undefined;
}
