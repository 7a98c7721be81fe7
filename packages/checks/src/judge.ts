/** Does what was found satisfy a matcher? Pure, but for the clock of `since`, which is given. */
import { durationText, isObject, type Json, momentText, ownOf, sameJson } from "@muster/model";
import type { Found, Matcher } from "./check.ts";
import { differenceOf, listed } from "./difference.ts";
import { dataIn, valueAt } from "./inside.ts";
import { matches, matchesEach, type Patience, patienceForOne } from "./pattern.ts";

export type Judgement =
  | { readonly verdict: "pass" }
  | {
      readonly verdict: "fail";
      readonly expected: string;
      readonly found: string;
      /** Where the two part, in lines, when that does not meet the eye. */
      readonly difference?: string | undefined;
    }
  | { readonly verdict: "unknown"; readonly reason: string };

const PASS: Judgement = { verdict: "pass" };

interface Judging {
  /** In milliseconds since 1970. */
  readonly now: number;
  readonly patience: Patience;
}

/** @param now in milliseconds since 1970 */
export function judge(matcher: Matcher, of: Found, now: number): Judgement {
  switch (of.kind) {
    case "unknown":
      return { verdict: "unknown", reason: of.why };
    // It satisfies nothing, not even a `not`: nobody knows what it would be.
    case "none":
      return { verdict: "fail", expected: expectedText(matcher), found: of.why };
    case "is": {
      const judged = judgeValue(matcher, of.value, { now, patience: patienceForOne() });
      if (judged.verdict !== "fail" || of.why === undefined) return judged;
      return { ...judged, found: `${judged.found}: ${of.why}` };
    }
  }
}

function judgeValue(matcher: Matcher, value: Json, how: Judging): Judgement {
  const fail = (difference?: string): Judgement => ({
    ...failOf(matcher, value),
    ...(difference === undefined ? {} : { difference }),
  });
  const passWhen = (holds: boolean, difference?: string): Judgement => (holds ? PASS : fail(difference));
  switch (matcher.word) {
    case "equals":
      return passWhen(isEqual(matcher.value, value), differenceOf(matcher.value, value));
    case "not": {
      const inner = judgeValue(matcher.of, value, how);
      return inner.verdict === "unknown" ? inner : passWhen(inner.verdict === "fail");
    }
    case "every":
      return worstOf(matcher.of.map((each) => judgeValue(each, value, how)));
    case "either": {
      const judged = matcher.of.map((each) => judgeValue(each, value, how));
      if (judged.some(({ verdict }) => verdict === "pass")) return PASS;
      return judged.find(({ verdict }) => verdict === "unknown") ?? fail();
    }
    case "min":
      return passWhen(typeof value === "number" && value >= matcher.value);
    case "max":
      return passWhen(typeof value === "number" && value <= matcher.value);
    case "between":
      return passWhen(typeof value === "number" && value >= matcher.from && value <= matcher.to);
    case "oneOf":
      return passWhen(matcher.values.some((each) => sameJson(each, value)));
    case "contains":
      return passWhen(holds(value, matcher.value));
    case "containsAll": {
      const missing = matcher.values.filter((each) => !holds(value, each));
      return passWhen(missing.length === 0, `missing: ${missing.map(shown).join(", ")}`);
    }
    case "matches": {
      if (typeof value !== "string") return fail();
      const does = matches(matcher.pattern, value, how.patience);
      if (does !== "late") return passWhen(does);
      return { verdict: "unknown", reason: `the expression /${matcher.pattern}/ takes too long to tell` };
    }
    case "length": {
      const length = lengthOf(value);
      return length === undefined ? fail() : judgeValue(matcher.of, length, how);
    }
    case "sorted": {
      const items = Array.isArray(value) ? value : String(value).replace(/\n$/, "").split("\n");
      const at = items.findIndex((each, index) => index > 0 && comesBefore(each, items[index - 1] ?? null));
      const isSorted = at === -1;
      return passWhen(isSorted === matcher.wanted, isSorted ? undefined : `${shown(items[at])} stands too late`);
    }
    case "any":
    case "all":
    case "none":
      return judgeItems(matcher.word, matcher.of, value, how, fail);
    case "since": {
      const seconds = typeof value === "number" ? value : Number.NaN;
      return passWhen(how.now - seconds * 1_000 <= matcher.ms);
    }
    case "key":
      return judgeInside(matcher.path, isObject(value) ? ownOf(value, matcher.path) : undefined, matcher.of, how);
    case "json":
    case "yaml":
    case "ini": {
      const parsed = dataIn(String(value), matcher.word);
      if (parsed.kind === "unreadable") {
        return { verdict: "fail", expected: expectedText(matcher), found: parsed.why };
      }
      return judgeInside(matcher.path, valueAt(parsed.data, matcher.path), matcher.of, how);
    }
  }
}

function judgeInside(path: string, value: Json | undefined, of: Matcher, how: Judging): Judgement {
  const expected = `${path}: ${expectedText(of)}`;
  if (value === undefined) return { verdict: "fail", expected, found: `there is no ${path}` };
  const inner = judgeValue(of, value, how);
  return inner.verdict === "fail" ? { ...inner, expected, found: `${path}: ${inner.found}` } : inner;
}

function judgeItems(
  word: "any" | "all" | "none",
  of: Matcher,
  value: Json,
  how: Judging,
  fail: (difference?: string) => Judgement,
): Judgement {
  if (!Array.isArray(value)) return fail();
  const items: readonly Json[] = value;
  const judgements = judgeEach(of, items, how);
  const unknown = judgements.find(({ verdict }) => verdict === "unknown");
  const passing = items.filter((_, index) => judgements[index]?.verdict === "pass");
  const failing = items.filter((_, index) => judgements[index]?.verdict === "fail");
  if (word === "any" && passing.length > 0) return PASS;
  if (word === "all" && failing.length > 0) return fail(`not so: ${listed(failing.map(shown))}`);
  if (word === "none" && passing.length > 0) return fail(`so: ${listed(passing.map(shown))}`);
  if (unknown !== undefined) return unknown;
  return word === "any" ? fail() : PASS;
}

/** Of a long list it takes long to ask one expression of one item after another, though it is a sound one. */
function judgeEach(of: Matcher, items: readonly Json[], how: Judging): readonly Judgement[] {
  const texts = items.filter((item) => typeof item === "string");
  if (of.word === "matches" && texts.length === items.length) {
    const hits = matchesEach(of.pattern, texts, how.patience);
    if (hits !== "late") return texts.map((text, at) => (hits[at] ? PASS : failOf(of, text)));
  }
  return items.map((item) => judgeValue(of, item, how));
}

function failOf(matcher: Matcher, value: Json): Extract<Judgement, { verdict: "fail" }> {
  return { verdict: "fail", expected: expectedText(matcher), found: foundText(matcher, value) };
}

function worstOf(judgements: readonly Judgement[]): Judgement {
  return (
    judgements.find(({ verdict }) => verdict === "fail") ??
    judgements.find(({ verdict }) => verdict === "unknown") ??
    PASS
  );
}

/** Where the wanted text does not end its last line, nobody means that the found one must not. */
function isEqual(wanted: Json, value: Json): boolean {
  if (typeof wanted === "string" && typeof value === "string") {
    return wanted === value || (!wanted.endsWith("\n") && `${wanted}\n` === value);
  }
  return sameJson(wanted, value);
}

function holds(value: Json, part: Json): boolean {
  if (typeof value === "string") return value.includes(String(part));
  return Array.isArray(value) && value.some((item: Json) => sameJson(item, part));
}

function lengthOf(value: Json): number | undefined {
  if (typeof value === "string") return [...value].length;
  return Array.isArray(value) ? value.length : undefined;
}

function comesBefore(a: Json, b: Json): boolean {
  return typeof a === "number" && typeof b === "number" ? a < b : String(a) < String(b);
}

/** What a matcher wants, for a sentence. */
export function expectedText(matcher: Matcher): string {
  switch (matcher.word) {
    case "equals":
      return shown(matcher.value);
    case "not":
      return `not ${expectedText(matcher.of)}`;
    case "every":
      return matcher.of.map(expectedText).join(" and ");
    case "either":
      return matcher.of.map(expectedText).join(" or ");
    case "min":
      return `at least ${matcher.value}`;
    case "max":
      return `at most ${matcher.value}`;
    case "between":
      return `between ${matcher.from} and ${matcher.to}`;
    case "oneOf":
      return `one of ${matcher.values.map(shown).join(", ")}`;
    case "contains":
      return `contains ${shown(matcher.value)}`;
    case "containsAll":
      return `contains ${matcher.values.map(shown).join(", ")}`;
    case "matches":
      return `matches /${matcher.pattern}/`;
    case "length":
      return `of length ${expectedText(matcher.of)}`;
    case "sorted":
      return matcher.wanted ? "sorted" : "not sorted";
    case "since":
      return `not longer ago than ${durationText(matcher.ms)}`;
    case "any":
      return `one item ${expectedText(matcher.of)}`;
    case "all":
      return `each item ${expectedText(matcher.of)}`;
    case "none":
      return `no item ${expectedText(matcher.of)}`;
    case "json":
    case "yaml":
    case "ini":
    case "key":
      return `${matcher.path}: ${expectedText(matcher.of)}`;
  }
}

function foundText(matcher: Matcher, value: Json): string {
  return matcher.word === "since" && typeof value === "number" ? momentText(value * 1_000) : shown(value);
}

const LONGEST = 200;

/** A value for a sentence. */
export function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
