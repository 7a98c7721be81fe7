/** Forms of subjects that several kinds share. */
import type { Subject } from "../kind.ts";

/** What would end a line of a script's answer. */
const UNSPEAKABLE = /[\p{Cc}\u2028\u2029]/u;
const LONGEST_PATH = 4_095;

export function pathSubject(meaning: string): Subject {
  return {
    meaning,
    schema: { type: "string", pattern: "^/", maxLength: LONGEST_PATH },
    fault(value) {
      if (typeof value !== "string") return "must be an absolute path";
      if (!value.startsWith("/")) return "must be an absolute path: it begins with `/`";
      if (value.length > LONGEST_PATH) return `must have at most ${LONGEST_PATH} characters`;
      if (UNSPEAKABLE.test(value) || !value.isWellFormed()) return "must hold no line breaks and the like";
      return value.length > 1 && value.endsWith("/") ? "must not end with `/`" : undefined;
    },
  };
}

/** @param pattern what a name of this kind may be; nothing that begins with a dash, which would be taken for an option */
export function nameSubject(meaning: string, pattern: RegExp, says: string): Subject {
  return {
    meaning,
    schema: { type: "string", pattern: pattern.source },
    fault: (value) => (typeof value === "string" && pattern.test(value) ? undefined : `must be ${says}`),
  };
}
