/** Why something does not pass, in words that can be put anywhere: on a line of a terminal, into the history. */
import type { Verdict } from "@muster/model";

/** The characters of a reason, at most. */
const LONGEST = 300;

/** What a terminal would act upon, or what nobody would see. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function failed(reason: string): Verdict {
  return { kind: "fail", reason: readable(reason) };
}

export function unknown(reason: string): Verdict {
  return { kind: "unknown", reason: readable(reason) };
}

/** Nothing that a terminal would act upon, and no more than 300 characters. */
export function readable(text: string): string {
  // To escape only makes longer: what is cut off first would be cut off anyway.
  const escaped = text.slice(0, LONGEST + 1).replaceAll(UNSEEN, spelled);
  if (escaped.length <= LONGEST) return escaped;
  return `${escaped.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function spelled(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
