import { isObject, type Json, type JsonObject } from "./json.ts";

/** What a member's properties can refer to: `${self.slot}`, `${self.group}`, `${self.stack}`, `${self.id}`, `${self.port}`. */
export interface Self {
  readonly stack: string;
  readonly group: string;
  readonly slot: string;
  /** A member's name, or for a numbered place a short word that no other create has. */
  readonly id: string;
  /** A port of this machine that was given to it. Missing for members of types that listen nowhere. */
  readonly port?: string;
}

const REFERENCE = /\$\{self\.([a-z]+)\}/g;

/**
 * Puts the member's own words into every text of its properties. In the property that names the thing (`naming`), `{id}`
 * is short for `${self.id}`; elsewhere it is left alone, because there it may be anybody's text.
 */
export function resolveSelf(properties: JsonObject, self: Self, naming?: string): JsonObject {
  const resolve = (value: Json): Json => {
    if (typeof value === "string") return resolveText(value, self);
    if (Array.isArray(value)) return value.map(resolve);
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v)]));
    return value;
  };
  // Most properties name nothing, and every member is compared with them at every look.
  const resolved = mayRefer(properties) ? (resolve(properties) as JsonObject) : properties;
  const name = naming === undefined ? undefined : resolved[naming];
  if (naming === undefined || typeof name !== "string") return resolved;
  return { ...resolved, [naming]: name.replaceAll("{id}", self.id) };
}

function mayRefer(value: Json): boolean {
  if (typeof value === "string") return value.includes("${self.");
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(mayRefer);
}

/** The words of `Self`, as a reference names them. */
export const SELF_WORDS = ["stack", "group", "slot", "id", "port"] as const satisfies readonly (keyof Self)[];

function isSelfWord(word: string | undefined): word is keyof Self {
  return (SELF_WORDS as readonly (string | undefined)[]).includes(word);
}

function resolveText(text: string, self: Self): string {
  return text.replaceAll(REFERENCE, (whole, word: string) => (isSelfWord(word) ? (self[word] ?? whole) : whole));
}

/** Whether any text of it speaks of this word. */
export function refersTo(value: Json, word: keyof Self): boolean {
  if (typeof value === "string") return value.includes(`\${self.${word}}`);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner) => refersTo(inner, word));
}
