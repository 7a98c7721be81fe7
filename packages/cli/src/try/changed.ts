/** What is otherwise in a copy: changes over a declaration, and the words of the try in them. */
import { isObject, type Json, type JsonObject, MusterError } from "@muster/model";

/** What a change can say of the try that it is made for: `${try.id}`. */
export interface TryWords {
  readonly id: string;
  /** A directory that it has to itself. */
  readonly dir: string;
  /** Empty where there is only one. */
  readonly platform: string;
}

/** Mappings are gone into, `null` takes away, everything else is put in the place of what was there (RFC 7396). */
export function changed(declared: JsonObject, change: JsonObject): JsonObject {
  const entries = new Map(Object.entries(declared));
  for (const [key, value] of Object.entries(change)) {
    const before = entries.get(key);
    if (value === null) entries.delete(key);
    else if (isObject(value)) entries.set(key, changed(isObject(before) ? before : {}, value));
    else entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

/** Throws `try.unknown-word`. */
export function withWords(change: JsonObject, words: TryWords): JsonObject {
  const put = (text: string) =>
    text.replaceAll(/\$\{try\.([^{}]*)\}/g, (reference: string, word: string) => {
      if (word === "id" || word === "dir" || word === "platform") return words[word];
      throw new MusterError("try.unknown-word", { reference });
    });
  return Object.fromEntries(Object.entries(change).map(([key, value]) => [put(key), textsIn(value, put)]));
}

/** The same with every text, and none of the keys, put through a function. */
export function textsIn(value: Json, put: (text: string) => string): Json {
  if (typeof value === "string") return put(value);
  if (Array.isArray(value)) return value.map((each: Json) => textsIn(each, put));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, textsIn(inner, put)]));
}

/** A step of a path as errors show it: `groups`, `.web`, `["/etc/motd"]`. */
const STEP = /\.?(?<word>[^.[\]="]+)|\[(?<quoted>"(?:[^"\\]|\\.)*")\]/y;

/**
 * `groups.web.size=3` as the change that it is: a value that is no JSON is a text. Throws `usage.bad-value`.
 */
export function changeIn(text: string): { readonly path: string; readonly change: JsonObject; readonly value: string } {
  const steps: string[] = [];
  let at = 0;
  for (STEP.lastIndex = 0; text[at] !== "="; at = STEP.lastIndex) {
    const found = STEP.exec(text)?.groups;
    if (found === undefined) throw noChange(text);
    const { word, quoted } = found;
    steps.push(word ?? String(JSON.parse(quoted ?? '""')));
  }
  const [first] = steps;
  if (first === undefined || first === "stack" || first === "try") throw noChange(text);
  const value = text.slice(at + 1);
  const change = steps.reduceRight<Json>((inner, step) => ({ [step]: inner }), jsonOr(value));
  return { path: text.slice(0, at), change: isObject(change) ? change : {}, value };
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function noChange(text: string): MusterError {
  const wanted =
    'a place in the stack, `=`, and a value: `groups.web.size=3`, `resources.file["/etc/motd"].content=hello`';
  return new MusterError("usage.bad-value", { what: "--with", detail: `\`${text}\` changes nothing`, wanted });
}
