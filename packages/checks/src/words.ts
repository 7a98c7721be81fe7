/** The words of matchers: what each says, and of which values it can be said. */
import type { ValueKind } from "./kind.ts";

/** Of a value inside of a text nothing is known before it is read: anything may be said of it. */
export type Matched = ValueKind | "any";

export interface WordMeaning {
  readonly meaning: string;
  readonly of: readonly Matched[];
  /** What is written after it. */
  readonly takes: "value" | "values" | "number" | "two numbers" | "pattern" | "flag" | "duration" | Inner | "by path";
}

/** A matcher in its turn: of the same value, of each item, of how long it is. */
type Inner = "matcher" | "matcher of an item" | "matcher of a number";

const TEXTS = ["text", "content", "any"] as const;
const LISTS = ["texts", "any"] as const;
const NUMBERS = ["number", "status", "any"] as const;

export const WORDS = {
  not: {
    meaning: "The matcher after it does not hold",
    of: ["flag", "number", "status", "text", "texts", "content", "moment", "any"],
    takes: "matcher",
  },
  min: { meaning: "At least so much", of: NUMBERS, takes: "number" },
  max: { meaning: "At most so much", of: NUMBERS, takes: "number" },
  between: { meaning: "At least the first, at most the second number", of: NUMBERS, takes: "two numbers" },
  matches: {
    meaning: "A regular expression matches somewhere; `^` and `$` are the ends of a line",
    of: TEXTS,
    takes: "pattern",
  },
  contains: { meaning: "It holds this text, or this item", of: [...TEXTS, "texts"], takes: "value" },
  containsAll: { meaning: "It holds all of these", of: [...TEXTS, "texts"], takes: "values" },
  oneOf: { meaning: "It is one of these", of: ["number", "status", "text", "any"], takes: "values" },
  length: {
    meaning: "Its characters or items are so many: a number, or a matcher of one",
    of: [...TEXTS, "texts"],
    takes: "matcher of a number",
  },
  sorted: { meaning: "Its items, or its lines, are in order", of: ["content", "any"], takes: "flag" },
  any: { meaning: "The matcher holds of one item at least", of: LISTS, takes: "matcher of an item" },
  all: { meaning: "The matcher holds of each item", of: LISTS, takes: "matcher of an item" },
  none: { meaning: "The matcher holds of no item", of: LISTS, takes: "matcher of an item" },
  since: { meaning: "Not longer ago than this, as `1h`", of: ["moment"], takes: "duration" },
  json: { meaning: "It is JSON, and so are the values at these paths", of: ["content"], takes: "by path" },
  yaml: { meaning: "It is YAML, and so are the values at these paths", of: ["content"], takes: "by path" },
  ini: { meaning: "It is an ini file, and so are the values at these paths", of: ["content"], takes: "by path" },
} as const satisfies Record<string, WordMeaning>;

export type MatcherWord = keyof typeof WORDS;

/** The words that can be said of such a value. */
export function wordsOf(is: Matched): readonly MatcherWord[] {
  return Object.entries<WordMeaning>(WORDS).flatMap(([word, { of }]) =>
    isWord(word) && of.includes(is) ? [word] : [],
  );
}

export function isWord(word: string): word is MatcherWord {
  return Object.hasOwn(WORDS, word);
}
