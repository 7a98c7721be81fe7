/** What would happen, told before anything does. */
import type { Price, PropertyChange, ResourcesPlan } from "./resource-view.ts";

/**
 * What a step does to each of its members. `none` and `adopt` are words of a plan that no group needs: what nothing is done
 * to is not shown, and a group takes nobody in.
 */
export type StepEffect = "create" | "adopt" | "none" | "in-place" | "restart" | "replace" | "destroy" | "impossible";

/** Members to which the same is done for the same reason, in the order in which they are begun. */
export interface PlanStep {
  readonly effect: StepEffect;
  /** How many members. */
  readonly count: number;
  /** At most so many of them at a time. */
  readonly atOnce: number;
  /** The first of them: ten at most. Their number is `count`. */
  readonly members: readonly PlannedMember[];
  /** In a few words: `missing`, `surplus`, `outdated`, `content differs`. */
  readonly why: string;
  /** What must happen before, besides the steps before. The steps after this one wait for it too. */
  readonly awaits?: PlanGate;
  /**
   * What differs on these members, as their provider tells it. Of what is `impossible` to make: the property that is at fault,
   * where there is one. Missing where nobody had to be asked.
   */
  readonly changes?: readonly PropertyChange[];
  /** Each of them is away for about so long, in milliseconds. */
  readonly downtimeMs?: number;
  /** Of each of them. */
  readonly price?: Price;
  /** Why it will not be done before somebody has agreed to it (`needs-consent`). */
  readonly held?: PlanTrouble;
  /** The way out of what is `impossible`, or held. */
  readonly next?: string;
}

export interface PlannedMember {
  readonly slot: string;
  /** Missing for one that is to be made. */
  readonly id?: string;
}

/** `promotion`, `resume`: a person says so. `bake`: time passes. `enforce`: the stack is declared so. */
export interface PlanGate {
  readonly kind: "promotion" | "bake" | "resume" | "enforce";
  readonly message: string;
  /** What must happen after that, with nothing to do between them. */
  readonly then?: PlanGate;
}

/** Why something cannot be told, or cannot go on. */
export interface PlanTrouble {
  /** One word for a program. */
  readonly reason: string;
  /** A sentence for a person. */
  readonly message: string;
}

export interface GroupPlan {
  readonly group: string;
  readonly type: string;
  /** What the declaration is to the group. `released`: it names it no longer, and its members stay. */
  readonly declared: "new" | "changed" | "unchanged" | "released";
  /** The keys that are declared otherwise: `size`, `template.content`, `rollout.canary`. */
  readonly changes: readonly string[];
  /** Members declared before and after; null where the group is not declared. */
  readonly size: { readonly before: number | null; readonly after: number | null };
  /** In the order in which they are begun. */
  readonly steps: readonly PlanStep[];
  /**
   * How many of those that were there, or were declared and still are, are away or not healthy for long enough: now, and the
   * most at any time from now on, if nothing goes wrong meanwhile. Null where nobody could tell.
   */
  readonly away: { readonly now: number; readonly most: number } | null;
  /** What a person should know besides. */
  readonly notes: readonly string[];
  /** What keeps the group from being as declared when the steps are done. */
  readonly held?: PlanTrouble;
  /** Why something could not be told: what is not known of the steps is missing then, or all of them. */
  readonly untold?: PlanTrouble;
}

/** A file outside of groups. Its content is told as its members are now: it follows them whenever they change. */
export interface FilePlan {
  readonly path: string;
  readonly effect: "create" | "in-place" | "none" | "released";
  /** What of it is changed: `content`, `mode`. */
  readonly changes: readonly string[];
  /** Why nothing could be told, or nothing will be done. */
  readonly held?: PlanTrouble;
}

export interface StackPlan {
  readonly stack: string;
  /** What is declared now; 0 for nothing. */
  readonly generation: number;
  /** It is declared otherwise than now. */
  readonly changed: boolean;
  /** The keys beside its groups that are: `mode`, `providers`. */
  readonly changes: readonly string[];
  readonly mode: "enforce" | "observe";
  /** Every group that is declared or was, by name. */
  readonly groups: readonly GroupPlan[];
  /** Every file that is declared or was, by path; missing where there are none. */
  readonly files?: readonly FilePlan[];
  /** Missing where none are declared or were. */
  readonly resources?: ResourcesPlan;
}
