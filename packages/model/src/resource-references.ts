/**
 * Values that come from other resources: `${type.name.property}` in any text. A text that is nothing but one reference is
 * the value itself, whatever its kind; within a longer text it is written out. `$${` writes `${`.
 */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { type Address, partsOfAddress } from "./resource.ts";

export interface ResourceReference {
  /** As written, with its braces. */
  readonly text: string;
  readonly address: Address;
  readonly property: string;
}

/** A place within properties that a reference stands at: keys and indexes. */
export interface PlacedReference extends ResourceReference {
  readonly path: readonly (string | number)[];
}

/** `${self.…}` is a member's own word, and no reference. */
const PATTERN = /\$\$\{|\$\{(?!self\.)([a-z][a-z0-9-]*\.[^{}\n]+\.[A-Za-z_][A-Za-z0-9_-]*)\}/g;

/** Everything that a value takes from other resources, in the order in which it stands there. */
export function resourceReferencesIn(value: Json): readonly PlacedReference[] {
  // Most refer to nothing, and are asked at every look.
  return mayRefer(value) ? placedIn(value, []) : [];
}

function placedIn(value: Json, path: readonly (string | number)[]): readonly PlacedReference[] {
  if (typeof value === "string") return referencesInText(value).map((reference) => ({ ...reference, path }));
  if (Array.isArray(value)) return value.flatMap((each, index) => placedIn(each, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => placedIn(each, [...path, key]));
}

function referencesInText(text: string): readonly ResourceReference[] {
  if (!text.includes("${")) return [];
  return [...text.matchAll(PATTERN)].flatMap(([whole, inner]) => (inner === undefined ? [] : [read(whole, inner)]));
}

/** `droplet.web.1.public_address`: the type has no dot and the property has none; what is between them is the name. */
function read(text: string, inner: string): ResourceReference {
  const last = inner.lastIndexOf(".");
  return { text, address: inner.slice(0, last), property: inner.slice(last + 1) };
}

/** What begins as a reference does and is none: it stands in the text as it is. */
export interface Unread {
  /** As written; one that is not closed, up to the end of its line. */
  readonly text: string;
  readonly path: readonly (string | number)[];
  /** Where it begins in the text that stands there. */
  readonly at: number;
}

const OPENED = /\$\$\{|\$\{[^{}\n]*\}?/g;

/** Everything that is written like a reference and is not read as one: a text of somebody else's, or a slip. */
export function unreadIn(value: Json, path: readonly (string | number)[] = []): readonly Unread[] {
  if (typeof value === "string") {
    if (!value.includes("${")) return [];
    return [...value.matchAll(OPENED)].flatMap(({ 0: text, index: at }) => {
      return text === "$${" || referencesInText(text).length > 0 ? [] : [{ text, path, at }];
    });
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => unreadIn(each, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => unreadIn(each, [...path, key]));
}

/** A value that is not there yet: what it comes from has to be made first. */
export const UNKNOWN: unique symbol = Symbol("known after apply");

/** What a reference stands for now. */
export type Lookup = (reference: ResourceReference) => Json | typeof UNKNOWN;

export interface Resolved {
  /** What is known, with everything put in. */
  readonly properties: JsonObject;
  /** The properties that hold something that is not known yet, and what that is. */
  readonly unknown: Readonly<Record<string, ResourceReference>>;
}

export function resolveReferences(properties: JsonObject, lookup: Lookup): Resolved {
  if (!mayRefer(properties)) return { properties, unknown: {} };
  const known: [string, Json][] = [];
  const unknown: [string, ResourceReference][] = [];
  for (const [key, value] of Object.entries(properties)) {
    const missing: ResourceReference[] = [];
    const resolved = resolveIn(value, lookup, missing);
    const [first] = missing;
    if (first === undefined) known.push([key, resolved]);
    else unknown.push([key, first]);
  }
  return { properties: Object.fromEntries(known), unknown: Object.fromEntries(unknown) };
}

function mayRefer(value: Json): boolean {
  if (typeof value === "string") return value.includes("${");
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(mayRefer);
}

function resolveIn(value: Json, lookup: Lookup, missing: ResourceReference[]): Json {
  if (typeof value === "string") return resolveText(value, lookup, missing);
  if (Array.isArray(value)) return value.map((each) => resolveIn(each, lookup, missing));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolveIn(each, lookup, missing)]));
}

function resolveText(text: string, lookup: Lookup, missing: ResourceReference[]): Json {
  if (!text.includes("${")) return text;
  const find = (reference: ResourceReference): Json => {
    const found = lookup(reference);
    if (found !== UNKNOWN) return found;
    missing.push(reference);
    return null;
  };
  const [only] = referencesInText(text);
  if (only !== undefined && only.text === text) return find(only);
  return text.replaceAll(PATTERN, (whole, inner: string | undefined) => {
    if (inner === undefined) return "${";
    const found = find(read(whole, inner));
    return typeof found === "string" ? found : JSON.stringify(found);
  });
}

/** The text that refers to a property. Throws RangeError where the address is none. */
export function referenceTo(address: Address, property: string): string {
  if (partsOfAddress(address) === undefined) throw new RangeError(`${address} is no address`);
  return `\${${address}.${property}}`;
}
