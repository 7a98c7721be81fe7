/** Reads the values of a declaration: each function answers the value, or notes a problem and answers undefined. */
import { didYouMean, isObject, type Json, type JsonObject, MAX_SIZE, NAME, NAME_RULE, nearest } from "@muster/model";
import type { Problems } from "./problems.ts";
import { type Path, pathText } from "./source.ts";

/** What a value is, in words for a person. */
export function described(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return `the text ${JSON.stringify(shortened(value))}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return `\`${value}\``;
  return Array.isArray(value) ? "a list" : "a mapping";
}

/** The last key of a path, as it is called in messages. */
export function nameOf(path: Path): string {
  return `\`${pathText(path.slice(-1)) || "the declaration"}\``;
}

export function wrongKind(value: Json | undefined, wanted: string, path: Path, problems: Problems): undefined {
  problems.add("declaration.wrong-kind", { what: nameOf(path), wanted, found: described(value) }, path);
}

export function readText(value: Json | undefined, path: Path, problems: Problems): string | undefined {
  return typeof value === "string" ? value : wrongKind(value, "a text", path, problems);
}

export function readFlag(value: Json | undefined, path: Path, problems: Problems): boolean | undefined {
  return typeof value === "boolean" ? value : wrongKind(value, "`true` or `false`", path, problems);
}

export function readMapping(value: Json | undefined, path: Path, problems: Problems): JsonObject | undefined {
  return isObject(value) ? value : wrongKind(value, "a mapping of keys to values", path, problems);
}

export function readTexts(value: Json | undefined, path: Path, problems: Problems): readonly string[] | undefined {
  if (!Array.isArray(value)) return wrongKind(value, "a list of texts", path, problems);
  const texts = value.map((each: Json, index) => readText(each, [...path, index], problems));
  return texts.filter((text) => text !== undefined);
}

/** @param what `the stack`, `the member`: how a message calls it. */
export function readName(value: Json | undefined, what: string, path: Path, problems: Problems): string | undefined {
  const name = readText(value, path, problems);
  return name === undefined || checkName(name, what, path, "value", problems) ? name : undefined;
}

/** True when it can be a name. */
export function checkName(name: string, what: string, path: Path, at: "key" | "value", problems: Problems): boolean {
  if (NAME.test(name)) return true;
  problems.add("declaration.bad-name", { what, name: shortened(name), rule: NAME_RULE }, path, at);
  return false;
}

export function readSize(value: Json | undefined, path: Path, problems: Problems): number | undefined {
  if (typeof value !== "number") return wrongKind(value, "a whole number", path, problems);
  if (Number.isInteger(value) && value >= 0 && value <= MAX_SIZE) return value;
  problems.add("declaration.bad-size", { size: value, limit: MAX_SIZE }, path);
  return undefined;
}

export function readWord<W extends string>(
  value: Json,
  words: readonly W[],
  path: Path,
  problems: Problems,
): W | undefined {
  const word = words.find((each) => each === value);
  return word ?? wrongKind(value, words.map((each) => `\`${each}\``).join(" or "), path, problems);
}

/** The names of members: each once. */
export function readMembers(
  value: Json | undefined,
  group: string,
  path: Path,
  problems: Problems,
): readonly string[] | undefined {
  const names = readTexts(value, path, problems);
  if (names === undefined) return undefined;
  if (names.length > MAX_SIZE) problems.add("declaration.bad-size", { size: names.length, limit: MAX_SIZE }, path);
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    checkName(name, "the member", [...path, index], "value", problems);
    if (seen.has(name)) problems.add("declaration.duplicate-member", { member: name, group }, [...path, index]);
    seen.add(name);
  }
  return names;
}

/** Notes every key that is not known here, with the nearest one that is; and those that are not built yet. */
export function checkKeys(
  mapping: JsonObject,
  path: Path,
  known: readonly string[],
  later: readonly string[],
  problems: Problems,
): void {
  for (const key of Object.keys(mapping)) {
    if (known.includes(key)) continue;
    if (later.includes(key)) problems.add("declaration.not-yet", { key }, [...path, key], "key");
    else noteUnknownKey(key, path, known, problems);
  }
}

export function noteUnknownKey(key: string, path: Path, known: readonly string[], problems: Problems): void {
  const words = { key: shortened(key), nearest: didYouMean(nearest(key, known)), known: listed(known) };
  problems.add("declaration.unknown-key", words, [...path, key], "key");
}

export function noteMissingKey(key: string, wanted: string, path: Path, problems: Problems): void {
  problems.add("declaration.missing-key", { key, wanted }, [...path, key], "key");
}

/** A record in which `constructor` is found only when somebody wrote it. */
export function recordOf<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const record: Record<string, T> = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return record;
}

/** For the `{known}` of messages. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}

/** A text as far as a message can hold it. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
