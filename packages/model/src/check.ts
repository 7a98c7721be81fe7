/** Checks as data: what can be true or false of a subject, before anybody has looked. */
import type { Json, JsonObject } from "./json.ts";

/** What must hold of a value. Several words in one mapping must all hold (`every`). */
export type Matcher =
  | { readonly word: "equals" | "contains"; readonly value: Json }
  | { readonly word: "containsAll" | "oneOf"; readonly values: readonly Json[] }
  | { readonly word: "min" | "max"; readonly value: number }
  | { readonly word: "between"; readonly from: number; readonly to: number }
  | { readonly word: "matches"; readonly pattern: string }
  | { readonly word: "sorted"; readonly wanted: boolean }
  | { readonly word: "since"; readonly ms: number }
  | { readonly word: "not" | "any" | "all" | "none" | "length"; readonly of: Matcher }
  | { readonly word: "every"; readonly of: readonly Matcher[] }
  /** A value inside: of a text that is JSON, YAML or ini by its path, of a record by its key. */
  | { readonly word: "json" | "yaml" | "ini" | "key"; readonly path: string; readonly of: Matcher };

/** One thing that must hold: a property of the subject, and its matcher. */
export interface Statement {
  readonly property: string;
  readonly matcher: Matcher;
}

/** A subject, and all that must hold of it. References may stand in its texts (`resolveCheck`). */
export interface Check {
  /** `file`, `port`: a name of the table of kinds. */
  readonly kind: string;
  readonly subject: Json;
  /** What a person called it. */
  readonly title?: string | undefined;
  /** How it is asked. */
  readonly options: JsonObject;
  readonly statements: readonly [Statement, ...Statement[]];
}
