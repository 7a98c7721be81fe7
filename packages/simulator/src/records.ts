/** What the invariants are told of what came before: looks, decisions and calls. `history.ts` gathers it. */
import type { Call } from "@muster/engine";
import type { JsonObject, Verdict } from "@muster/model";
import type { FailureKind } from "@muster/plugin";
import type { Happening, Shown, Verb } from "./happening.ts";
import type { Trials } from "./trials.ts";
import type { Wanted } from "./wanted.ts";

/** One whole look at a group, with what the flavor said of the members. */
export interface LookRecord {
  readonly life: number;
  readonly group: string;
  readonly began: number;
  readonly ended: number;
  readonly shown: readonly Shown[];
  readonly verdicts: Map<string, Verdict>;
}

/** A call as it was written down before it was made, and the look it rests on. */
export interface Decision extends Pick<Call, "intent" | "kind" | "slot" | "why" | "cause" | "instance"> {
  readonly group: string;
  readonly at: number;
  readonly look: LookRecord | undefined;
}

export interface CallRecord {
  readonly number: number;
  readonly verb: Verb;
  readonly group: string;
  readonly intent: string;
  readonly slot: string;
  readonly began: number;
  readonly decision: Decision | undefined;
  /** What is to be made, or what the thing is to be. */
  readonly want: JsonObject | undefined;
  /** The thing; of a create, once it is made. */
  id: string;
  took: boolean;
  /** It took effect on nothing: the thing was gone already. */
  idle: boolean;
  /** How it ended, or that its caller died. */
  ended: { readonly at: number; readonly how: "done" | "abandoned" | FailureKind; readonly late: boolean } | undefined;
  /** A look has told what became of it. */
  resolved: boolean;
  readonly life: number;
  /**
   * Another life has taken the stack while this call was under way, or before it began: its caller, who lives, cannot be
   * kept from it, and who holds the stack now cannot know when it ends.
   */
  loose: boolean;
}

export interface History {
  take(happening: Happening): void;
  readonly calls: ReadonlyMap<number, CallRecord>;
  /** The calls that may still take effect, or whose caller still waits. */
  underWay(): ReadonlySet<CallRecord>;
  /** It was written down that it is destroyed, and that was not called yet. */
  isPlanned(id: string): boolean;
  /** Calls that are loose, and may still take effect. */
  loose(): ReadonlySet<CallRecord>;
  /** Who took the stack last. */
  holder(): number;
  /** The calls of which no look has told yet what became of them. */
  unresolved(): ReadonlySet<CallRecord>;
  /** It was decided, at any time, to do this to the thing. */
  wasDecided(verb: Verb, id: string): boolean;
  /** A call has done this to the thing. */
  wasDone(verb: Verb, id: string): boolean;
  /** The decisions that were written down with this happening. */
  wave(): readonly Decision[];
  /** What was in force at some time since then; the newest last. Empty: the group was not declared. */
  wantedSince(group: string, time: number): readonly Wanted[];
  wanted(group: string): Wanted | undefined;
  groups(): readonly string[];
  /** Declared, or not declared any more, which nobody has been told yet. */
  mayTouch(group: string): boolean;
  lookOf(life: number, group: string): LookRecord | undefined;
  /** A person asked to have it destroyed, and that was written down. */
  wasAskedFor(id: string): boolean;
  readonly trials: Trials;
  /** Muster has put what it remembered of the group out of its mind, at this time or later. */
  wasForgottenSince(group: string, time: number): boolean;
}
