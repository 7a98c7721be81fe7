/** What of a result may be written down: contents and headers may be anybody's secrets. */
import { kindOf } from "../kinds/all.ts";
import type { Result } from "../verify.ts";

/** The same, and of contents and headers no more than that they are others, or how a number stands to its bounds. */
export function withheld(result: Result): Result {
  const { kind, property, expected = "", found } = result;
  const is = kindOf(kind)?.properties[property]?.is;
  if (found === undefined || (is !== "content" && is !== "record")) return result;
  const { difference: _, ...told } = result;
  return { ...told, found: BOUNDS.test(expected) && MEASURE.test(found) ? found : valuesWithheld(found) };
}

const BOUNDS = /(?:^|: )(?:at least|at most|between) -?\d[^"]*$/;
const MEASURE = /^[^"]*(?:^|: )-?\d[\d.e+-]*$/i;

/** A text in quotes, wherever it stands; any other value to the end, behind where it was found. */
const TEXT = /"(?:[^"\\]|\\.)*(?:"|$)/gs;
const VALUE = /(^|: )(?:-?\d[\d.e+-]*|true|false|null|[[{].*)$/is;

function valuesWithheld(found: string): string {
  return found.replace(VALUE, "$1another value").replaceAll(TEXT, "another text");
}
