/** The texts of checks, and what stands in them for something that is not known yet. */
import { isObject, type Json } from "@muster/model";
import type { Path } from "./source.ts";

/** Every text of a value, and every key, with its place. */
export function eachText(value: Json, path: Path, tell: (text: string, at: Path, isKey: boolean) => void): void {
  if (typeof value === "string") tell(value, path, false);
  if (Array.isArray(value)) for (const [index, each] of value.entries()) eachText(each, [...path, index], tell);
  if (!isObject(value)) return;
  for (const [key, each] of Object.entries(value)) {
    tell(key, [...path, key], true);
    eachText(each, [...path, key], tell);
  }
}

/** What reads `${HOME}` is a shell; what has a dot in it would be one of ours. */
const LIKE = /\$\$\{|\$\{[a-z][\w-]*\.[^{}]*\}/g;

/** What is written like a reference, whether it is one or not. */
export function referencesLike(text: string): readonly string[] {
  return [...text.matchAll(LIKE)].flatMap(([whole]) => (whole === "$${" ? [] : [whole]));
}

/** What may come in the place of a reference: a word, a path, an address, a host with its port. */
const STAND_INS = ["1", "/1", "http://1", "1:1"];

/** The value with each of these in the place of its references; alone where it has none. */
export function standIns(value: Json): readonly Json[] {
  return holdsReference(value) ? STAND_INS.map((word) => withWord(value, word)) : [value];
}

function holdsReference(value: Json): boolean {
  if (typeof value === "string") return referencesLike(value).length > 0;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsReference);
}

function withWord(value: Json, word: string): Json {
  if (typeof value === "string") return value.replaceAll(LIKE, (whole) => (whole === "$${" ? whole : word));
  return Array.isArray(value) ? value.map((each: Json) => withWord(each, word)) : value;
}
