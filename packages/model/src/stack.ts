import type { Check } from "./check.ts";
import type { FrontFile } from "./front-file.ts";
import type { JsonObject } from "./json.ts";
import type { Address, ResourceDeclaration } from "./resource.ts";

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

/** So many members: a number, or a share of the group's size, 0 to 100. */
export type Amount =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "percent"; readonly percent: number };

/**
 * How a change is carried through a group, as far as it is declared; what is not takes the default of the type
 * (`policyOf` of the engine). Durations in milliseconds.
 */
export interface RolloutDeclaration {
  /** How many may be away. A share rounds down. */
  readonly maxUnavailable?: Amount;
  /** How many may be there beyond the size. A share rounds up. */
  readonly maxSurge?: Amount;
  /** A new member counts when it has been healthy for so long. */
  readonly minReadyMs?: number;
  /** So long after it came to be, a failing member is still called starting. */
  readonly initialDelayMs?: number;
  /** A new member must count by then, or it has failed. */
  readonly healthyDeadlineMs?: number;
  /** A rollout that gets no further for so long has failed. */
  readonly progressDeadlineMs?: number;
  /** So many are changed first; the others follow when these are promoted. 0: none. */
  readonly canary?: number;
  /** The canaries are promoted when they have been healthy for so long. Missing: by hand. */
  readonly bakeMs?: number;
  readonly onFailure?: "pause" | "revert";
  /** A member is given so long to leave by itself; then it is destroyed all the same. */
  readonly drainTimeoutMs?: number;
}

/** How members that fail are replaced, as far as it is declared. */
export interface RepairDeclaration {
  /** Nothing is destroyed where at least two members, and at least this share (1 to 100), fail together. */
  readonly breakerPercent?: number;
  /** How many may be under repair at once. */
  readonly maxInFlight?: number;
  /** A revision of which so many in a row were made and never became healthy is quarantined. */
  readonly quarantineAfter?: number;
  /** Never more creates in an hour than this, whatever the reason. */
  readonly createsPerHour?: number;
}

export interface GroupDeclaration {
  readonly name: string;
  readonly slots: Slots;
  /** The type of the members and their properties, as written. */
  readonly template: Chosen;
  readonly flavor: Chosen;
  readonly marking: Marking;
  readonly rollout: RolloutDeclaration;
  readonly repair: RepairDeclaration;
  /** What must hold of each member besides its health. Never part of the revision. */
  readonly checks: readonly Check[];
}

/** An entry under `providers`: a type opened with settings of its own. */
export interface ProviderDeclaration {
  readonly type: string;
  readonly settings: JsonObject;
}

/** `noop`: what nothing declares is listed. `destroy`: and destroyed. */
export type Purge = "noop" | "destroy";

/** One declaration, read and found whole. */
export interface Stack {
  readonly name: string;
  readonly owner?: string;
  readonly runbook?: string;
  /** `observe`: what differs is said, and nothing is touched. */
  readonly mode: "enforce" | "observe";
  readonly providers: Readonly<Record<string, ProviderDeclaration>>;
  /** Files whose content names the members of groups, by path. */
  readonly fronts: Readonly<Record<string, FrontFile>>;
  readonly resources: Readonly<Record<Address, ResourceDeclaration>>;
  /** By type: what becomes of its things that no stack declares. A type that is not named here is left alone. */
  readonly purge: Readonly<Record<string, Purge>>;
  readonly groups: Readonly<Record<string, GroupDeclaration>>;
  /** What must hold of the whole. */
  readonly checks: readonly Check[];
}

/** What a stack of groups alone has besides. */
export const GROUPS_ONLY: Pick<Stack, "fronts" | "resources" | "purge" | "checks"> = {
  ...{ fronts: {}, resources: {}, purge: {} },
  checks: [],
};

/**
 * A declaration as it was given: plain data, and whose grammar it follows. This is what the store keeps; a `Stack` is
 * read from it again whenever it is needed, so that no second form of it can rot.
 */
export interface Document {
  readonly dialect: "muster" | "infrakit";
  readonly data: JsonObject;
}
