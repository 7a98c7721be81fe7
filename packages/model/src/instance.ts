import type { JsonObject } from "./json.ts";
import type { Tags } from "./mark.ts";

/** Where an instance is in its life, as far as its provider can see. */
export type Phase = "starting" | "running" | "ending" | "ended" | "unknown";

/** One thing as its provider sees it. */
export interface Observed<P = JsonObject> {
  /** Unique within the provider's scope. */
  readonly id: string;
  /** Empty where a thing bears none, or cannot. */
  readonly tags: Tags;
  readonly phase: Phase;
  /** What could be read of the properties; those that could not are missing. */
  readonly properties: Partial<P>;
  /** Of properties that are never shown, the digests that they were made with. */
  readonly digests?: Readonly<Record<string, string>>;
  /** Why it is in this phase, in a few words for a person. */
  readonly reason?: string;
  /** Why it runs and does not do its job, as its provider knows; missing where nothing is wrong. */
  readonly ill?: string;
  /** When it came to be, or is first known to have been: milliseconds since 1970. */
  readonly since: number;
}

/** What health and checks answer. `unknown` neither converges nor is repaired. `by`: the member is healthy, and its checks say so. */
export type Verdict =
  | { readonly kind: "pass" }
  | { readonly kind: "fail"; readonly reason: string; readonly by?: "checks" }
  | { readonly kind: "unknown"; readonly reason: string; readonly by?: "checks" };

export const PASS: Verdict = { kind: "pass" };

/**
 * What a change of one property does to the thing that has it. Muster never guesses: a property whose effect is not
 * told is had by replacing only.
 */
export type Effect = "in-place" | "restart" | "replace" | "impossible";
export type Effects<P = JsonObject> = Readonly<Partial<Record<keyof P & string, Effect>>>;
