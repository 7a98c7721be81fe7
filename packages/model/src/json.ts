/** A JSON value. Declarations, properties and events are made of nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What was written under a name that a person chose; undefined where nothing was. Every plain object has a `constructor`
 * that nobody wrote.
 */
export function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/**
 * The one text of a value: no white space, and keys in one order, whatever order they were written in. Two values are the
 * same declaration exactly when their canonical texts are equal, so hashes are taken over it.
 */
export function canonical(value: Json): string {
  return JSON.stringify(inCanonicalOrder(value));
}

/** The value with its keys in the order of its canonical text: itself where they are already. */
export function inCanonicalOrder(value: Json): Json {
  return isInOrder(value) ? value : inOrder(value);
}

/** True when the keys stand in their order already, as they do in most of what is written by a program. */
function isInOrder(value: Json): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let last: string | undefined;
  for (const [key, inner] of Object.entries(value)) {
    if ((last !== undefined && key < last) || !isInOrder(inner)) return false;
    last = key;
  }
  return true;
}

/**
 * Keys are put in by code unit. Those that are whole numbers come before all others, in their own order, as in every object.
 */
function inOrder(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  // Nothing is made but what is kept: a plan of thousands of resources goes through here.
  const from = value as JsonObject;
  const ordered: Record<string, Json> = {};
  for (const key of Object.keys(from).sort()) put(ordered, key, inOrder(from[key] as Json));
  return ordered;
}

/** `__proto__` is a key like any other, and to set it would do something else. */
function put(into: Record<string, Json>, key: string, value: Json): void {
  if (key === "__proto__") Object.defineProperty(into, key, { value, enumerable: true });
  else into[key] = value;
}

/** Equal as JSON, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b);
  return isObject(a) && isObject(b) && sameMembers(a, b);
}

function sameItems(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
