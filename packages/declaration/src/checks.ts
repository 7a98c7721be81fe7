/** Checks: `- port: 8080`, `  listening: true`. What is asked first, then what must hold of it. */
import {
  kindNames,
  kindOf,
  type MoreKinds,
  nearestKind,
  type Option,
  subjectMeaning,
  subjectText,
} from "@muster/checks";
import {
  type Check,
  canonical,
  durationOf,
  isObject,
  type Json,
  type JsonObject,
  type Matcher,
  type Statement,
  sameJson,
} from "@muster/model";
import { readMatcher } from "./check-matchers.ts";
import { eachText, referencesLike, standIns } from "./check-texts.ts";
import { gatherProblems, type Problems } from "./problems.ts";
import { type Path, pathText, type SourceDocument } from "./source.ts";
import { listed, noteUnknownKey, readMapping, readText, shortened, wrongKind } from "./values.ts";

const CHECKS: Path = ["checks"];
/** Beside what a kind knows. */
const COMMON = ["title"];

/**
 * The checks of a document that has `checks` at its top: one of its own, or a stack. Throws MusterErrors of the family
 * `declaration`.
 *
 * @param more kinds that a document of its own may have beside those of the table
 */
export function checksOf(
  { data, locate }: Pick<SourceDocument, "data" | "locate">,
  more: MoreKinds = {},
): readonly Check[] {
  const problems = gatherProblems(locate);
  const document = readMapping(data, [], problems) ?? {};
  if (!Object.hasOwn(document, "stack")) {
    for (const key of Object.keys(document)) {
      if (key !== "checks") noteUnknownKey(key, [], ["checks", "stack"], problems);
    }
  }
  const written = document["checks"];
  const checks = readChecks(written, CHECKS, problems, more);
  noteReferences(written ?? null, CHECKS, problems);
  if (isObject(data) && (written === undefined || (Array.isArray(written) && written.length === 0))) {
    const words = {
      check: "a file without checks",
      known: "`checks:` with a list, as `- port: 8080` and `listening: true`",
    };
    problems.add("declaration.empty-check", words, CHECKS, "key");
  }
  problems.throwIfAny();
  return checks;
}

/**
 * What references stand for in them is seen to where it is known whom they are of (`check-declared.ts`).
 *
 * @param value missing: there are none
 */
export function readChecks(
  value: Json | undefined,
  path: Path,
  problems: Problems,
  more: MoreKinds = {},
): readonly Check[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    wrongKind(value, "a list of checks", path, problems);
    return [];
  }
  const seen: Seen = new Map();
  const entries: readonly Json[] = value;
  return entries.flatMap((entry, index) => {
    const check = readCheck(entry, [...path, index], problems, more);
    if (check === undefined) return [];
    noteContradictions(check, [...path, index], seen, problems);
    return [check];
  });
}

function readCheck(value: Json, path: Path, problems: Problems, more: MoreKinds): Check | undefined {
  const entry = readMapping(value, path, problems);
  if (entry === undefined) return undefined;
  const name = kindNameIn(entry, path, problems, more);
  const kind = name === undefined ? undefined : kindOf(name, more);
  if (name === undefined || kind === undefined) return undefined;
  const subject = entry[name] ?? null;
  const check = `${name} ${shortened(subjectText(subject))}`;
  const fault = faultOf(subject, kind.subject.fault);
  if (fault !== undefined) {
    const words = { check, detail: `\`${name}\` ${fault}`, fix: `Write ${subjectMeaning(kind.subject)}.` };
    problems.add("declaration.bad-check", words, [...path, name]);
  }
  const title = entry["title"] === undefined ? undefined : readText(entry["title"], [...path, "title"], problems);
  const options: [string, Json][] = [];
  const statements: (Statement | undefined)[] = [];
  for (const [key, written] of Object.entries(entry)) {
    const at: Path = [...path, key];
    const option = Object.hasOwn(kind.options, key) ? kind.options[key] : undefined;
    const property = Object.hasOwn(kind.properties, key) ? kind.properties[key] : undefined;
    if (option !== undefined) {
      if (isOption(option, written, at, problems)) options.push([key, written]);
    } else if (property !== undefined) {
      const matcher = readMatcher(written, at, { ...property, check, problems });
      statements.push(matcher && { property: key, matcher });
    } else if (key !== name && !COMMON.includes(key)) {
      noteUnknownKey(key, path, [...Object.keys(kind.properties), ...Object.keys(kind.options), ...COMMON], problems);
    }
  }
  const [first, ...others] = statements.filter((each) => each !== undefined);
  if (statements.length === 0) {
    const known = listed(Object.keys(kind.properties));
    problems.add("declaration.empty-check", { check, known }, path, "key");
  }
  if (first === undefined || fault !== undefined) return undefined;
  return {
    ...{ kind: name, subject, ...(title === undefined ? {} : { title }) },
    ...{ options: Object.fromEntries(options), statements: [first, ...others] },
  };
}

/** The kind is the first key that is one: `file` has a property `group`, and there is a kind `group`. */
function kindNameIn(entry: JsonObject, path: Path, problems: Problems, more: MoreKinds): string | undefined {
  const keys = Object.keys(entry);
  const name = keys.find((key) => kindOf(key, more) !== undefined);
  if (name !== undefined) return name;
  const [first] = keys;
  const words = {
    name: shortened(first ?? ""),
    nearest: nearestKind(first ?? "", more),
    known: listed(kindNames(more)),
  };
  problems.add("declaration.unknown-check", words, first === undefined ? path : [...path, first], "key");
  return undefined;
}

function isOption({ is }: Option, value: Json, path: Path, problems: Problems): boolean {
  const isRight = (holds: boolean, wanted: string): boolean => {
    if (!holds) wrongKind(value, wanted, path, problems);
    return holds;
  };
  switch (is) {
    case "text":
      return isRight(typeof value === "string" && value !== "", "a text");
    case "path":
      return isRight(typeof value === "string" && value.startsWith("/"), "an absolute path");
    case "duration":
      return isRight(typeof value === "string" && (durationOf(value) ?? 0) > 0, "a duration, as `10s`");
    case "texts by name": {
      const texts = isObject(value) && Object.values(value).every((each) => typeof each === "string");
      return isRight(texts, "a mapping of names to texts");
    }
    default:
      return isRight(is.includes(String(value)), is.map((word) => `\`${word}\``).join(" or "));
  }
}

/** A subject that holds references is at fault where it would be whatever is put into it. */
function faultOf(subject: Json, fault: (subject: Json) => string | undefined): string | undefined {
  const faults = standIns(subject).map(fault);
  return faults.includes(undefined) ? undefined : faults[0];
}

/** In a document of its own there is nobody whose words they could be. */
function noteReferences(written: Json, path: Path, problems: Problems): void {
  eachText(written, path, (text, at, isKey) => {
    const [reference] = referencesLike(text);
    if (reference === undefined) return;
    const detail = "here is no member and no resource whose value it could be";
    const fix = "Write the value itself; or put the check into the group or the resource that it speaks of.";
    problems.add(
      "declaration.bad-reference",
      { reference: shortened(reference), detail, fix },
      at,
      isKey ? "key" : "value",
    );
  });
}

/** Of each subject and property what it is to be, and where that stands. */
type Seen = Map<string, { readonly value: Json; readonly at: Path }>;

function noteContradictions(check: Check, path: Path, seen: Seen, problems: Problems): void {
  const called = `${check.kind} ${shortened(subjectText(check.subject))}`;
  for (const { property, matcher } of check.statements) {
    for (const { inner, value } of equalities(matcher)) {
      const key = canonical([check.kind, check.subject, check.options, property, inner]);
      const at: Path = [...path, property];
      const first = seen.get(key);
      if (first === undefined) seen.set(key, { value, at });
      else if (!sameJson(first.value, value)) noteContradiction(called, property, [first, { value, at }], problems);
    }
  }
  const isGone = check.statements.find(({ matcher }) => matcher.word === "equals" && matcher.value === false);
  const gone = isGone === undefined ? undefined : Object.keys(TELLS).find((each) => each === isGone.property);
  const other = check.statements.find((each) => each !== isGone);
  if (gone === undefined || other === undefined) return;
  const detail = `it is not to be there (\`${gone}: false\`), and \`${other.property}\` is said of it`;
  problems.add(
    "declaration.bad-check",
    { check: called, detail, fix: "Keep one of them." },
    [...path, other.property],
    "key",
  );
}

/** The properties that say whether there is anything at all of which more could be said. */
const TELLS = { exists: true, installed: true, mounted: true, listening: true, reachable: true, resolves: true };

function noteContradiction(
  check: string,
  property: string,
  [first, second]: readonly [{ readonly value: Json; readonly at: Path }, { readonly value: Json; readonly at: Path }],
  problems: Problems,
): void {
  const { line } = problems.locate(first.at, "value");
  const where = line === undefined ? `at ${pathText(first.at)}` : `on line ${line}`;
  const words = { check, property, one: JSON.stringify(first.value), other: JSON.stringify(second.value), where };
  problems.add("declaration.checks-contradict", words, second.at);
}

/** What a value, or a value inside of it, is to be equal to. */
function equalities(matcher: Matcher, inner = ""): readonly { readonly inner: string; readonly value: Json }[] {
  switch (matcher.word) {
    case "equals":
      return [{ inner, value: matcher.value }];
    case "every":
      return matcher.of.flatMap((each) => equalities(each, inner));
    case "json":
    case "yaml":
    case "ini":
    case "key":
      return equalities(matcher.of, `${inner} ${matcher.word} ${matcher.path}`);
    default:
      return [];
  }
}
