/** What would happen to resources, and how they stand. */
import type { Cause } from "./event.ts";
import type { Effect } from "./instance.ts";
import type { Json } from "./json.ts";
import type { PlanTrouble } from "./plan.ts";
import type { Address } from "./resource.ts";

/**
 * What is done to a resource. `run`: a task is carried out. `refresh`: something it was told of has changed. `impossible`: it
 * cannot be done, and `next` names the way out.
 */
export type ResourceEffect =
  | "create"
  | "adopt"
  | "in-place"
  | "restart"
  | "replace"
  | "destroy"
  | "run"
  | "refresh"
  | "impossible";

/** One property that is otherwise than declared. */
export interface PropertyChange {
  readonly property: string;
  /** Missing where there is none, or it may not be shown. */
  readonly before?: Json;
  readonly after?: Json;
  readonly effect: Effect;
  readonly irreversible?: true;
  /** It may not be shown. */
  readonly secret?: true;
  /** Not known before what it comes from is made: `${droplet.web.public_address}`. */
  readonly unknown?: string;
  /** Why it has this effect, where that does not follow from the type alone. */
  readonly reason?: string;
  /** The way out of a change that is `impossible`. */
  readonly next?: string;
}

/** Dollars of the United States a month. Missing: nothing, as there is no thing. */
export interface Price {
  readonly before?: number;
  readonly after?: number;
}

export interface ResourceStep {
  readonly address: Address;
  readonly effect: ResourceEffect;
  /** Missing for one that is to be made. */
  readonly id?: string;
  readonly cause: Cause;
  /** In a few words: `missing`, `declared absent`, `no longer declared`, `size differs`, `file./etc/app.conf changed`. */
  readonly why: string;
  /** What differs. Of one that is made: what it is made with. */
  readonly changes: readonly PropertyChange[];
  /** What goes before, of the steps of this plan. */
  readonly after: readonly Address[];
  /** For about so long it is away, in milliseconds. */
  readonly downtimeMs?: number;
  readonly price?: Price;
  /** Why it will not be done, though it is due. */
  readonly held?: PlanTrouble;
  /** The way out of what is `impossible`, or held. */
  readonly next?: string;
}

/** One that is declared no longer. It is left alone. */
export interface ReleasedResource {
  readonly address: Address;
  readonly protect: boolean;
}

/** A thing that no stack declares. */
export interface UnmanagedThing {
  readonly type: string;
  readonly id: string;
  /** What names it, where it has a name. */
  readonly name?: string;
}

export interface ResourcesPlan {
  /** Only what is done or held, in the order in which it is begun. */
  readonly steps: readonly ResourceStep[];
  /** How many are as declared. */
  readonly unchanged: number;
  /** What could not be looked at, and why: nothing is known of these. */
  readonly untold: readonly { readonly address: Address; readonly trouble: PlanTrouble }[];
  readonly released: readonly ReleasedResource[];
  /** Things of purged types that nothing declares, where they are only listed (`noop`). */
  readonly unmanaged: readonly UnmanagedThing[];
  /** Over the declaration and what was seen: the same again is the same plan. */
  readonly digest: string;
}

/**
 * How a resource stands. `kept`: as declared when it was looked at last. `changing`: something is being done, or about to be.
 * `drifted`: it differs, and is only reported. `held`: it waits for somebody to say more. `failed`: it is tried again by
 * itself. `skipped`: one that it rests on is not as declared.
 */
export type ResourceState = "kept" | "changing" | "drifted" | "held" | "failed" | "skipped";

export interface ResourceStatus {
  readonly address: Address;
  readonly state: ResourceState;
  readonly id?: string;
  /** Why it is in this state, where that is not plain. */
  readonly message?: string;
  /** What to do about it. */
  readonly next?: string;
}

/** What nobody can begin before somebody has said more: a declaration with such a step is refused as a whole. */
export function isRefusal({ effect, held }: { readonly effect: string; readonly held?: PlanTrouble }): boolean {
  return (
    (effect === "impossible" && held === undefined) || held?.reason === "needs-consent" || held?.reason === "protected"
  );
}
