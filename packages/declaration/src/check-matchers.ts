/** What must hold of a property: `status: 200`, `body: { contains: Hello }`. */
import {
  isWord,
  itemOf,
  type Matched,
  type MatcherWord,
  type Property,
  patternFault,
  STATUS_CLASSES,
  stepsOf,
  WORDS,
  type WordMeaning,
  wordsOf,
} from "@muster/checks";
import { durationOf, isObject, type Json, type JsonObject, type Matcher } from "@muster/model";
import { standIns } from "./check-texts.ts";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { noteUnknownKey, wrongKind } from "./values.ts";

/** What is read, of which kind of value, for which check. */
interface Reading {
  /** `file /etc/motd`: how a message calls it. */
  readonly check: string;
  readonly is: Matched;
  readonly form?: Property["form"] | undefined;
  readonly fault?: Property["fault"] | undefined;
  readonly exact?: Property["exact"] | undefined;
  readonly problems: Problems;
}

export function readMatcher(value: Json, path: Path, reading: Reading): Matcher | undefined {
  const { is } = reading;
  if (is === "record") return readRecord(value, path, reading);
  if (!isObject(value)) return readPlain(value, path, reading);
  const matchers = Object.entries(value).map(([word, inner]) => readWordOf(word, inner, [...path, word], reading));
  if (matchers.length === 0) return noteEmpty(path, reading);
  noteImpossible(value, path, reading);
  return joined(matchers);
}

function noteImpossible({ min, max }: JsonObject, path: Path, { check, problems }: Reading): void {
  if (typeof min !== "number" || typeof max !== "number" || min <= max) return;
  const detail = `no number is at least ${min} and at most ${max}`;
  problems.add("declaration.bad-check", { check, detail, fix: "Write the smaller number as `min`." }, path);
}

const PLAIN: Readonly<Record<Matched, { readonly wanted: string; readonly fits: (value: Json) => boolean }>> = {
  flag: { wanted: "`true` or `false`", fits: (value) => typeof value === "boolean" },
  number: { wanted: "a number, or a mapping of matchers", fits: (value) => typeof value === "number" },
  status: {
    wanted: "a status as `200` or `2xx`, a list of such, or a mapping of matchers",
    fits: (value) => isStatus(value) || (Array.isArray(value) && value.length > 0 && value.every(isStatus)),
  },
  text: { wanted: "a text (in quotes where it looks like a number), or a mapping of matchers", fits: isText },
  content: { wanted: "a text, or a mapping of matchers", fits: isText },
  texts: {
    wanted: "a list of texts, or a mapping of matchers",
    fits: (value) => Array.isArray(value) && value.every(isText),
  },
  moment: { wanted: "a mapping of matchers, as `{ since: 1h }`", fits: () => false },
  record: { wanted: "a mapping of names to matchers", fits: () => false },
  any: { wanted: "a value, or a mapping of matchers", fits: () => true },
};

function isStatus(value: Json): boolean {
  return typeof value === "number" || STATUS_CLASSES.some((each) => each === value);
}

function isText(value: Json): boolean {
  return typeof value === "string";
}

function readPlain(value: Json, path: Path, { check, is, form, fault, problems }: Reading): Matcher | undefined {
  const { wanted, fits } = PLAIN[is];
  if (!fits(value)) return wrongKind(value, wanted, path, problems);
  if (form !== undefined && typeof value === "string" && !fitsForm(value, form)) {
    return noteForm(value, form, path, { check, problems });
  }
  const wrong = fault?.(value);
  if (wrong !== undefined) {
    const detail = `\`${path.at(-1)}\` cannot be ${JSON.stringify(value)}: ${wrong}`;
    problems.add("declaration.bad-check", { check, detail, fix: "Write a value that it can have." }, path);
    return undefined;
  }
  // A list of texts has no order of its own.
  if (is === "status") return statusMatcher(value);
  return { word: "equals", value: is === "texts" && Array.isArray(value) ? value.toSorted() : value };
}

/** References may stand for anything. */
function fitsForm(value: string, { pattern }: NonNullable<Property["form"]>): boolean {
  return standIns(value).some((each) => pattern.test(`${each}`));
}

function noteForm(
  value: string,
  { says }: NonNullable<Property["form"]>,
  path: Path,
  { check, problems }: Pick<Reading, "check" | "problems">,
): undefined {
  const detail = `\`${path.findLast((key) => typeof key === "string" && !isWord(key))}\` cannot be "${value}"`;
  problems.add("declaration.bad-check", { check, detail, fix: `Write ${says}.` }, path);
}

/** A status, or all of its kind; of several, one. */
function statusMatcher(value: Json): Matcher {
  if (Array.isArray(value)) return { word: "either", of: value.map(statusMatcher) };
  if (typeof value === "number") return { word: "equals", value };
  const from = 100 * Number(String(value).charAt(0));
  return { word: "between", from, to: from + 99 };
}

/** A matcher for each name; of several all must hold. */
function readRecord(value: Json, path: Path, reading: Reading): Matcher | undefined {
  if (!isObject(value)) return wrongKind(value, PLAIN.record.wanted, path, reading.problems);
  const matchers = Object.entries(value).map(([name, inner]): Matcher | undefined => {
    const of = readMatcher(inner, [...path, name], { ...reading, is: "text", fault: undefined });
    return of && { word: "key", path: reading.exact === true ? name : name.toLowerCase(), of };
  });
  return matchers.length === 0 ? noteEmpty(path, reading) : joined(matchers);
}

function noteEmpty(path: Path, { check, is, problems }: Reading): undefined {
  const known = is === "record" ? "a name with what must hold of it" : wordsOf(is).join(", ");
  problems.add("declaration.empty-check", { check: `\`${path.at(-1)}\` of ${check}`, known }, path, "key");
}

/** Undefined where one of them could not be read: then a problem is noted. */
function joined(matchers: readonly (Matcher | undefined)[]): Matcher | undefined {
  const read = matchers.filter((each) => each !== undefined);
  if (read.length < matchers.length) return undefined;
  return read.length === 1 ? read[0] : { word: "every", of: read };
}

function readWordOf(word: string, value: Json, path: Path, reading: Reading): Matcher | undefined {
  const { is, problems } = reading;
  const known: readonly MatcherWord[] = wordsOf(is);
  if (!isWord(word) || !known.includes(word)) {
    noteUnknownKey(word, path.slice(0, -1), known, problems);
    return undefined;
  }
  const { takes }: WordMeaning = WORDS[word];
  switch (word) {
    case "not": {
      // What it can never be, it never is: that would hold for ever.
      const of = readMatcher(value, path, { ...reading, fault: undefined });
      return of && { word, of };
    }
    case "any":
    case "all":
    case "none":
    case "length": {
      const of = readMatcher(value, path, { ...reading, form: undefined, fault: undefined, is: innerOf(takes, is) });
      return of && { word, of };
    }
    case "min":
    case "max":
      return typeof value === "number" ? { word, value } : wrongKind(value, "a number", path, problems);
    case "between":
      return readBetween(value, path, reading);
    case "matches":
      return readPattern(value, path, reading);
    case "contains":
      return fitsItem(value, is) ? { word, value } : wrongKind(value, wantedItem(is), path, problems);
    case "containsAll":
    case "oneOf":
      return readValues(word, value, path, reading);
    case "sorted":
      return typeof value === "boolean"
        ? { word, wanted: value }
        : wrongKind(value, "`true` or `false`", path, problems);
    case "since": {
      const ms = typeof value === "string" ? durationOf(value) : undefined;
      return ms === undefined ? wrongKind(value, "a duration, as `10s` or `1h30m`", path, problems) : { word, ms };
    }
    case "json":
    case "yaml":
    case "ini":
      return readByPath(word, value, path, reading);
  }
}

function readValues(word: "containsAll" | "oneOf", value: Json, path: Path, reading: Reading): Matcher | undefined {
  const { is, form, problems } = reading;
  if (!Array.isArray(value) || value.length === 0 || !value.every((each: Json) => fitsItem(each, is))) {
    return wrongKind(value, `a list of values, each ${wantedItem(is)}, one at least`, path, problems);
  }
  const values: readonly Json[] = value;
  const wrong = values.findIndex((each) => typeof each === "string" && form !== undefined && !fitsForm(each, form));
  if (word === "containsAll" || form === undefined || wrong === -1) return { word, values };
  return noteForm(String(values[wrong]), form, [...path, wrong], reading);
}

function innerOf(takes: WordMeaning["takes"], is: Matched): Matched {
  if (takes === "matcher of a number") return "number";
  return takes === "matcher of an item" ? itemOf(is) : is;
}

function isNumber(is: Matched): boolean {
  return is === "number" || is === "status";
}

/** What a text or a list can hold, and what a value can be one of. */
function fitsItem(value: Json, is: Matched): boolean {
  if (is === "any") return true;
  return typeof value === (isNumber(is) ? "number" : "string") && value !== "";
}

function wantedItem(is: Matched): string {
  if (is === "any") return "any value";
  return isNumber(is) ? "a number" : "a text that is not empty";
}

function readBetween(value: Json, path: Path, { check, problems }: Reading): Matcher | undefined {
  const [from, to, ...more]: readonly Json[] = Array.isArray(value) ? value : [];
  if (typeof from !== "number" || typeof to !== "number" || more.length > 0) {
    return wrongKind(value, "a list of two numbers, as `[1, 10]`", path, problems);
  }
  if (from <= to) return { word: "between", from, to };
  const detail = `no number is at least ${from} and at most ${to}`;
  problems.add("declaration.bad-check", { check, detail, fix: "Write the smaller number first." }, path);
  return undefined;
}

function readPattern(value: Json, path: Path, { check, problems }: Reading): Matcher | undefined {
  if (typeof value !== "string" || value === "") {
    return wrongKind(value, "a regular expression, in quotes", path, problems);
  }
  const detail = patternFault(String(standIns(value)[0]));
  if (detail === undefined) return { word: "matches", pattern: value };
  const fix = "Write a regular expression of JavaScript; in YAML in single quotes, where a backslash is one.";
  problems.add("declaration.bad-check", { check, detail, fix }, path);
  return undefined;
}

function readByPath(word: "json" | "yaml" | "ini", value: Json, path: Path, reading: Reading): Matcher | undefined {
  const { check, problems } = reading;
  if (!isObject(value)) return wrongKind(value, "a mapping of paths to what must hold there", path, problems);
  const all: JsonObject = value;
  const matchers = Object.entries(all).map(([inner, written]): Matcher | undefined => {
    const at: Path = [...path, inner];
    if (stepsOf(inner) === undefined) {
      const fix = 'Write a path as `a.b[0]`; a key with dots in it as `["a key"]`.';
      problems.add("declaration.bad-check", { check, detail: `\`${inner}\` is no path`, fix }, at, "key");
      return undefined;
    }
    const of = readMatcher(written, at, { ...reading, fault: undefined, is: "any" });
    return of && { word, path: inner, of };
  });
  return matchers.length === 0 ? noteEmpty(path, reading) : joined(matchers);
}
