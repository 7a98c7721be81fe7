import type { JsonObject } from "./json.ts";

/** The places of a group: so many numbered ones, or named ones. Never both. */
export type Slots =
  | { readonly kind: "numbered"; readonly size: number }
  | { readonly kind: "named"; readonly names: readonly string[] };

export function slotCount(slots: Slots): number {
  return slots.kind === "numbered" ? slots.size : slots.names.length;
}

/** A name and its properties: a type and what an instance must be, or a flavor and how it treats members. */
export interface Chosen {
  readonly name: string;
  readonly properties: JsonObject;
}

/** Whose tags the members bear. InfraKit's groups can be taken over by InfraKit, and the other way round. */
export type Marking =
  | { readonly kind: "muster" }
  | {
      readonly kind: "infrakit";
      /** The tags that tell the revision, as they are written on a new member. */
      readonly written: Readonly<Record<string, string>>;
      /** Every era's hash of the same declaration: a member that bears any of them is current. */
      readonly accepted: readonly [string, ...string[]];
    };

export interface GroupDeclaration {
  readonly name: string;
  readonly slots: Slots;
  /** The type of the members and their properties, as written. */
  readonly template: Chosen;
  readonly flavor: Chosen;
  readonly marking: Marking;
  /** How many may be away, or too many, while a change is carried through. Never both 0. */
  readonly rollout: { readonly maxUnavailable: number; readonly maxSurge: number };
}

/** An entry under `providers`: a type opened with settings of its own. */
export interface ProviderDeclaration {
  readonly type: string;
  readonly settings: JsonObject;
}

/** One declaration, read and found whole. */
export interface Stack {
  readonly name: string;
  readonly owner?: string;
  readonly runbook?: string;
  readonly providers: Readonly<Record<string, ProviderDeclaration>>;
  readonly groups: Readonly<Record<string, GroupDeclaration>>;
}

/**
 * A declaration as it was given: plain data, and whose grammar it follows. This is what the store keeps; a `Stack` is
 * read from it again whenever it is needed, so that no second form of it can rot.
 */
export interface Document {
  readonly dialect: "muster" | "infrakit";
  readonly data: JsonObject;
}
