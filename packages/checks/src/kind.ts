/** Kinds of checks: each is declared once, and its validation, its docs and its JSON Schema come from that. */
import type { Json, JsonObject } from "@muster/model";
import type { Found } from "./check.ts";
import type { Facts, Need } from "./facts.ts";
import type { Matched } from "./words.ts";

/**
 * What a property's value is. `content` is a text that is looked into; `texts` have no order; `moment` is in seconds since
 * 1970; `record` holds texts by their names. `status` is the number of an answer over HTTP, of which `2xx` and a list can be said too.
 */
export type ValueKind = "flag" | "number" | "status" | "text" | "texts" | "content" | "moment" | "record";

export interface Property {
  /** `any`: what cannot be told before it is seen. */
  readonly is: Matched;
  /** One line of docs. */
  readonly meaning: string;
  /** What else is wrong with a value that stands there plainly, in words that follow its name. */
  fault?(value: Json): string | undefined;
  /** Of a record: its names are taken as they are written; else in lower case. */
  readonly exact?: true;
  /** What a text must look like to be a value of it. */
  readonly form?: { readonly pattern: RegExp; readonly says: string };
}

/** The form of a text that is one of these words, and no other. */
export function oneOfForm(words: readonly string[]): NonNullable<Property["form"]> {
  const named = words.map((word) => `\`${word}\``).join(", ");
  return { pattern: new RegExp(`^(?:${words.join("|")})$`), says: `one of ${named}` };
}

export interface Subject {
  readonly meaning: string;
  /** Its JSON Schema. */
  readonly schema: JsonObject;
  /** What is wrong with it, in words that follow its name: `must be …`. */
  fault(value: Json): string | undefined;
}

export interface Option {
  readonly is: "duration" | "text" | "path" | "texts by name" | readonly string[];
  readonly meaning: string;
}

/** A check as a kind sees it. */
export interface Asked {
  readonly subject: Json;
  readonly options: JsonObject;
  /** The properties that something is said of. */
  readonly properties: ReadonlySet<string>;
}

export type FoundOf = (property: string) => Found;

/** Asked of a target, by facts: these must be known, and this is what they mean. */
export interface AskedThere {
  readonly where: "target";
  needs(asked: Asked): readonly Need[];
  found(property: string, asked: Asked, facts: Facts): Found;
}

/** Asked from here, as somebody outside would. Nothing is thrown. */
export interface AskedHere {
  readonly where: "here";
  ask(asked: Asked, signal: AbortSignal): Promise<FoundOf>;
}

export interface Kind {
  readonly summary: string;
  readonly subject: Subject;
  readonly options: Readonly<Record<string, Option>>;
  readonly properties: Readonly<Record<string, Property>>;
  readonly asking: AskedThere | AskedHere;
}

/** What a subject is to be, in the middle of a sentence. */
export function subjectMeaning({ meaning }: Pick<Subject, "meaning">): string {
  return `${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`;
}

/** A subject as it is named in sentences. */
export function subjectText(subject: Json): string {
  if (typeof subject === "string") return subject;
  return Array.isArray(subject) ? subject.join(" ") : JSON.stringify(subject);
}
