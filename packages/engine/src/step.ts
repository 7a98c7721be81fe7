/** What one pass decides, put together step by step. */
import type { Cause, JsonObject } from "@muster/model";
import type { Census } from "./census.ts";
import type { Course } from "./course.ts";
import type { DeclaredGroup, Traits, Version } from "./declared.ts";
import type { Memory, Quarantine } from "./memory.ts";

/** Something to be done to the world. Each has its call in memory, under the same intent. */
export type Action = {
  readonly intent: string;
  readonly slot: string;
  readonly cause: Cause;
  readonly why: string;
} & (
  | { readonly kind: "create"; readonly version: Version["version"]; readonly revision: string }
  | { readonly kind: "update"; readonly instance: string; readonly changes: JsonObject }
  | { readonly kind: "destroy"; readonly instance: string }
);

/** What a step looks at. */
export interface Scene {
  /** With the version that is aimed at. */
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  readonly census: Census;
  readonly memory: Memory;
  readonly course: Course;
  readonly quarantine: Quarantine | null;
  /** How many creates the hour still allows. */
  readonly createsLeft: number;
  readonly cause: Cause;
  readonly now: number;
}

/** What a step wants: in the engine's own words, before it becomes calls and actions. */
export type Wish =
  | { readonly kind: "create"; readonly slot: string; readonly why: string; readonly as: Version }
  | {
      readonly kind: "update";
      readonly instance: string;
      readonly slot: string;
      readonly why: string;
      readonly changes: JsonObject;
    }
  | { readonly kind: "destroy"; readonly instance: string; readonly slot: string; readonly why: string };

/** Why something that should be done is not. */
export interface Held {
  readonly reason: string;
  readonly message: string;
  /** Nothing is wrong: somebody wants it so. */
  readonly meant?: true;
}

/** The wishes of a step, and why it cannot go on where it cannot. */
export interface Step {
  readonly wishes: readonly Wish[];
  readonly held?: Held;
  /** Something is awaited that comes by itself. */
  readonly waits?: string;
  readonly wakeAt?: number;
}

export const NOTHING: Step = { wishes: [] };
