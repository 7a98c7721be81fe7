/** What a schema says of a value, as problems that a person can find and mend. */
import { didYouMean, type ErrorCode, type Json, type JsonObject, nearest } from "@muster/model";
import type { Schema } from "@muster/plugin";
import type { core } from "zod";
import { valueAt } from "./places.ts";
import type { Problems } from "./problems.ts";
import type { Path, What } from "./source.ts";
import { described, nameOf, noteMissingKey, noteUnknownKey } from "./values.ts";

/** Whose value it is, and where its parts stand. */
export interface Subject {
  /** A type's or a flavor's name. */
  readonly name: string;
  /** What else can stand beside the properties. */
  readonly besides?: readonly string[];
  /** Properties whose values are not known yet: whatever they come to be, it is no fault now. */
  readonly open?: ReadonlySet<string>;
  /** Properties that are not there are no fault either. */
  readonly partial?: boolean;
  /** What is raised where the grammar has no better word; `declaration.bad-property` unless told. */
  readonly bad?: ErrorCode;
  place(inner: Path): Path;
}

/** Notes everything that the schema finds wrong. True when it finds nothing. */
export function checkSchema(
  schema: Schema<unknown & object>,
  value: Json,
  subject: Subject,
  problems: Problems,
): boolean {
  const issues = schema.safeParse(value).error?.issues ?? [];
  const faults = issues.filter((issue) => isFault(issue, value, subject));
  for (const issue of faults) noteIssue(issue, [], { schema, value, subject, problems });
  return faults.length === 0;
}

function isFault(issue: core.$ZodIssue, value: Json, { open, partial = false }: Subject): boolean {
  const [first] = issue.path.map(step);
  // What is wrong with several properties together may be right once all of them are known.
  if (first === undefined) return issue.code === "unrecognized_keys" || (!partial && (open?.size ?? 0) === 0);
  if (open?.has(String(first))) return false;
  return !partial || issue.path.length > 1 || valueAt(value, [first]) !== undefined;
}

/** True where a thing of this schema, otherwise like the example, may have such a property. */
export function takes(schema: Schema<unknown & object>, property: string, example: JsonObject = {}): boolean {
  const { error } = schema.safeParse({ ...example, [property]: null });
  return !error?.issues.some(
    (issue) => issue.code === "unrecognized_keys" && issue.path.length === 0 && issue.keys.includes(property),
  );
}

/** The properties that a schema names. */
export function propertiesOf(schema: Schema<unknown & object>): readonly string[] {
  return keysAt(schema, []);
}

interface Check {
  readonly schema: core.$ZodType;
  readonly value: Json;
  readonly subject: Subject;
  readonly problems: Problems;
}

/** @param around the path of the value that the issue's own path begins at */
function noteIssue(issue: core.$ZodIssue, around: Path, check: Check): void {
  const inner: Path = [...around, ...issue.path.map(step)];
  switch (issue.code) {
    case "unrecognized_keys":
      noteUnknownKeys(issue.keys, inner, check);
      break;
    case "invalid_type":
      noteKind(issue.expected, inner, check);
      break;
    case "invalid_union":
      noteUnion(issue, inner, check);
      break;
    case "invalid_key":
      noteBad(issue.issues[0]?.message ?? issue.message, inner, check, "key");
      break;
    case "invalid_value":
      noteBad(oneOf(issue.values, valueAt(check.value, inner)), inner, check);
      break;
    default:
      noteBad(isSentence(issue.message) ? issue.message : `does not fit: ${issue.message}`, inner, check);
  }
}

/** Words of our own go on after the name of what they are about. */
function isSentence(message: string): boolean {
  return /^[a-z]/.test(message);
}

function noteUnknownKeys(keys: readonly string[], inner: Path, { schema, subject, problems }: Check): void {
  const known = [...keysAt(schema, inner), ...(inner.length === 0 ? (subject.besides ?? []) : [])];
  for (const key of keys) noteUnknownKey(key, subject.place(inner), known, problems);
}

function noteKind(expected: string, inner: Path, { value, subject, problems }: Check): void {
  const path = subject.place(inner);
  const found = valueAt(value, inner);
  // What looks like a number or a truth is one, unless it stands in quotes.
  const isBare = expected === "string" && (typeof found === "number" || typeof found === "boolean");
  const wanted = isBare ? "a text, in quotes" : wordsFor(expected);
  if (found === undefined) noteMissingKey(String(path.at(-1)), wanted, path.slice(0, -1), problems);
  else problems.add("declaration.wrong-kind", { what: nameOf(path), wanted, found: described(found) }, path);
}

function noteBad(detail: string, inner: Path, { subject, problems }: Check, at: What = "value"): void {
  const path = subject.place(inner);
  const words = { type: subject.name, what: nameOf(path), detail };
  problems.add(subject.bad ?? "declaration.bad-property", words, path, at);
}

/**
 * Of several forms, the one whose keys are there, or else the one that fits furthest, is what was meant; where none fits at
 * all, every form is named.
 */
function noteUnion(issue: core.$ZodIssueInvalidUnion, inner: Path, check: Check): void {
  const begun = issue.errors.filter((form) => !form.some((each) => isMissing(each, inner, check)));
  const [first, ...others] = begun;
  // Where people have to choose, the schema has words for it; but a slip in a key is told with the key that was meant.
  if (isSentence(issue.message) && others.length + (first === undefined ? 0 : 1) !== 1) {
    const known = keysAt(check.schema, inner);
    const slips = strangers(issue.errors).filter((key) => nearest(key, known) !== undefined);
    if (slips.length > 0) noteUnknownKeys(slips, inner, check);
    else noteBad(issue.message, inner, check);
    return;
  }
  const kinds = issue.errors.flatMap((form) => form.flatMap((each) => (isKind(each) ? [wordsFor(each.expected)] : [])));
  const meant = others.length === 0 && first !== undefined ? first : furthest(issue.errors);
  if (meant !== undefined && depthOf(meant) > 0) {
    for (const each of meant) noteIssue(each, inner, check);
    return;
  }
  const path = check.subject.place(inner);
  const found = described(valueAt(check.value, inner));
  const wanted = [...new Set(kinds)].join(" or ") || "one of the forms it can have";
  check.problems.add("declaration.wrong-kind", { what: nameOf(path), wanted, found }, path);
}

function furthest(forms: core.$ZodIssueInvalidUnion["errors"]): readonly core.$ZodIssue[] | undefined {
  return forms.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
}

/** Whether it says that a key of the form itself is not there. */
function isMissing({ path }: core.$ZodIssue, inner: Path, { value }: Check): boolean {
  return path.length === 1 && valueAt(value, [...inner, ...path.map(step)]) === undefined;
}

/** Keys that no form knows. */
function strangers([first = [], ...others]: core.$ZodIssueInvalidUnion["errors"]): readonly string[] {
  return strangersTo(first).filter((key) => others.every((form) => strangersTo(form).includes(key)));
}

function strangersTo(form: readonly core.$ZodIssue[]): readonly string[] {
  return form.flatMap((issue) => (issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : []));
}

/** How far a form fits before it first fails. A key too many is a failure inside. */
function depthOf(form: readonly core.$ZodIssue[]): number {
  const depths = form.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0));
  return Math.min(...depths);
}

function isKind(issue: core.$ZodIssue): issue is core.$ZodIssueInvalidType {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function oneOf(values: readonly unknown[], found: unknown): string {
  const all = values.map(String);
  const near = typeof found === "string" ? didYouMean(nearest(found, all)) : "";
  return `must be ${all.length === 1 ? "" : "one of "}${all.join(", ")}${near}`;
}

/** The keys that a schema knows at a path; none where it takes any. */
function keysAt(schema: core.$ZodType, path: Path): readonly string[] {
  const { def } = unwrapped(schema)._zod;
  const [first, ...others] = path;
  switch (def.type) {
    case "object": {
      if (first === undefined) return Object.keys(def.shape);
      const inner = def.shape[first];
      return inner === undefined ? [] : keysAt(inner, others);
    }
    case "record":
      return first === undefined ? [] : keysAt(def.valueType, others);
    case "array":
      return first === undefined ? [] : keysAt(def.element, others);
    case "union":
      return [...new Set(def.options.flatMap((option) => keysAt(option, path)))];
    default:
      return [];
  }
}

/** A schema without what only says that it may be missing, or what stands in for it then. */
function unwrapped(schema: core.$ZodType): core.$ZodTypes {
  const known = schema as core.$ZodTypes;
  const { def } = known._zod;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return unwrapped(def.innerType);
    case "pipe":
      return unwrapped(def.in);
    case "lazy":
      return unwrapped(def.getter());
    default:
      return known;
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  tuple: "a list",
  object: "a mapping of keys to values",
  record: "a mapping of keys to values",
};

function wordsFor(expected: string): string {
  return Object.hasOwn(kindWords, expected) ? (kindWords[expected] ?? expected) : expected;
}

function step(each: PropertyKey): string | number {
  return typeof each === "number" ? each : String(each);
}
