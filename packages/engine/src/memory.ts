/**
 * What the engine must remember from one pass to the next, because a look may not show it yet: the calls that are in
 * flight or whose effect has not settled, and how often creating has failed. It grows with what is going on, never with
 * the size of the group. It is committed before any call is made, so that a crash forgets nothing that was begun.
 * It is plain JSON (type aliases, null for what is missing), because the store keeps it as it is.
 */
import { type Cause, fractionOf, type Json, MusterError } from "@muster/model";
import { whyNoMemory } from "./memory-shape.ts";

export type CallKind = "create" | "update" | "destroy";

export type CallState =
  /** It has been decided and committed; the answer is not known here. */
  | { readonly kind: "called" }
  | { readonly kind: "done"; readonly at: number }
  /** It may have been done: only a look can tell. `interrupted`: Muster itself ended, and nobody failed. */
  | { readonly kind: "unknown"; readonly at: number; readonly reason: string; readonly interrupted: boolean }
  /** It was refused, or came to nothing. Kept for update and destroy, which are tried again at `retryAt`. */
  | { readonly kind: "failed"; readonly retryAt: number; readonly reason: string };

/** One call to a provider that changes something. */
export type Call = {
  /** What is written on the thing that a create makes; names the call otherwise. */
  readonly intent: string;
  readonly kind: CallKind;
  readonly slot: string;
  readonly revision: string;
  readonly cause: Cause;
  /** Why, in a few words: `missing`, `replaced`, `surplus`, `outdated`, `unhealthy`. */
  readonly why: string;
  readonly at: number;
  /** How often this has been tried for the same member, this time included. */
  readonly attempt: number;
  /** Of an update: `versionWord` of what it was to make of its member. */
  readonly to?: string;
  /** The member; null for a create that is not answered yet. */
  readonly instance: string | null;
  readonly state: CallState;
};

/** Something has failed: wait before the next attempt. */
export type Backoff = { readonly attempts: number; readonly until: number; readonly reason: string };

/** A member that is new, or was changed, and has not been healthy for long enough yet to count. */
export type Young = {
  readonly kind: "made" | "changed";
  readonly since: number;
  /** Healthy without a break since then; null while it is not. */
  readonly readyAt: number | null;
  /** It has failed its trial. It may recover. */
  readonly failed: boolean;
};

/** A version on its way to everyone. */
export type Rollout = {
  /** `versionWord` of where it goes. */
  readonly to: string;
  /** The generation in which it began, or was last tried again. */
  readonly generation: number;
  readonly startedAt: number;
  /** There were members to be changed. The first members of a group are made, and not rolled out. */
  readonly changing: boolean;
  /** When it last got further. */
  readonly progressAt: number;
  /** The fewest that were left to be changed or made, and the most that had arrived. */
  readonly left: number;
  readonly arrived: number;
  /** Members of the new version that failed their trial and have not recovered. */
  readonly failed: readonly string[];
  readonly promoted: boolean;
  /** Since when all canaries count; null while they do not. */
  readonly canariesAt: number | null;
  /** Those of the new version that have counted ever since then; an older Muster did not remember them. */
  readonly canaries?: readonly string[];
  readonly failure: RolloutFailure | null;
};

/** `members` of the new version fail; or nothing got further in time. */
export type RolloutFailure = { readonly kind: "members" | "progress"; readonly at: number; readonly reason: string };

/** A declared version that failed: the former one is kept in its stead. */
export type Reverted = { readonly from: string; readonly generation: number; readonly reason: string };

/** A revision that keeps failing: it is tried again seldom, and one that failed is kept to be looked into. */
export type Quarantine = {
  readonly revision: string;
  /** The generation in which it began. */
  readonly generation: number;
  /** The member that is kept. */
  readonly kept: string;
  readonly since: number;
  /** When it may be tried again. */
  readonly againAt: number;
};

/** How many were made within a few minutes: from the first to the last of them. */
export type Creates = { readonly since: number; readonly last: number; readonly count: number };

export type Memory = {
  readonly version: 1;
  readonly calls: readonly Call[];
  /** By id: those on trial. */
  readonly young: Readonly<Record<string, Young>>;
  /** Null when what is wanted has been carried through to everyone. */
  readonly rollout: Rollout | null;
  /** `versionWord` of what was last carried through to everyone; null while something else is on its way. */
  readonly proven: string | null;
  readonly reverted: Reverted | null;
  /** How many of a revision failed their trial, one after the other. */
  readonly streak: { readonly revision: string; readonly count: number } | null;
  readonly quarantine: Quarantine | null;
  /** Those of the last hour, oldest first: as many entries as an hour has such minutes, however many there were. */
  readonly creates: readonly Creates[];
  /** Members that fail, and have not been healthy since. */
  readonly failing: readonly string[];
  /** What a group that is only observed was last said to lack. */
  readonly drift: string | null;
  /** Creates that were refused, or came to nothing; over when a look shows one that did not. */
  readonly creating: Backoff | null;
  /** Members that turned up when others had been made in their stead; over when nobody has for as long again. */
  readonly late: Backoff | null;
  /** Members that were destroyed because they failed; over when nobody else has failed for as long again. */
  readonly repairing: Backoff | null;
  /** The generation in which somebody last asked for what had failed, as far as that has been taken in. */
  readonly retriedIn: number;
  /** Members that a person asked to have destroyed, until a look shows them gone. */
  readonly doomed: readonly string[];
  /** Members in whose place a person wants equal ones, until a look shows them gone. */
  readonly replacing: readonly string[];
  /** Members that a person has set aside to be looked into, as long as a look shows them: they are of the group no more. */
  readonly aside: readonly string[];
  /** What was declared (`wordFor`) when the group was seen as declared; null when something else is by now. */
  readonly convergedAs: string | null;
  /** Where its members are: the provider's scope, and a word for the settings it was opened with; null before the first look. */
  readonly home: { readonly scope: string; readonly settings: string } | null;
  /** How many members the last good look showed. */
  readonly lastCount: number;
  /** When the look began that first showed fewer than there had been; null when there is nothing to confirm. */
  readonly vanishedAt: number | null;
};

export function emptyMemory(): Memory {
  return {
    version: 1,
    calls: [],
    young: {},
    rollout: null,
    proven: null,
    reverted: null,
    streak: null,
    quarantine: null,
    creates: [],
    failing: [],
    drift: null,
    creating: null,
    late: null,
    repairing: null,
    retriedIn: 0,
    doomed: [],
    replacing: [],
    aside: [],
    convergedAs: null,
    home: null,
    lastCount: 0,
    vanishedAt: null,
  };
}

/**
 * Memory as the store gave it back; empty when there is none. What cannot be read is never taken for nothing: calls that are
 * under way might be made a second time. Throws `store.damaged`.
 *
 * @param group as commands take it: `shop/web`
 */
export function memoryFrom(stored: Json | undefined, group: string): Memory {
  if (stored === undefined) return emptyMemory();
  const wrong = whyNoMemory(stored);
  if (wrong !== undefined) {
    const detail = `what is remembered of it cannot be read (${wrong}). Its members are left alone; \`muster group free ${group}\` forgets it and leaves them, and declared anew it takes them up again`;
    throw new MusterError("store.damaged", { path: `of ${group}`, detail });
  }
  // What an older Muster did not remember yet is as if nothing of it had happened.
  return { ...emptyMemory(), ...(stored as Memory) };
}

/** How a call ended. */
export type Outcome = { readonly intent: string; readonly at: number } & (
  | { readonly kind: "done"; readonly instance: string }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string }
  /** It was never begun, because it was not meant any more: it is as if it had not been decided. */
  | { readonly kind: "dropped" }
);

const BACKOFF_FIRST_MS = 1_000;
export const BACKOFF_MOST_MS = 600_000;

function plainBackoffMs(attempts: number): number {
  return Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempts - 1, 20));
}

/** 1 s, 2 s, 4 s … 10 min, up to a quarter longer, so that many do not come back at the same moment. */
function backoffMs(attempts: number, seed: string): number {
  return Math.round(plainBackoffMs(attempts) * (1 + fractionOf(seed, attempts) / 4));
}

/** However long `backoffMs` makes anybody wait after so many attempts. */
export function longestBackoffMs(attempts: number): number {
  return Math.ceil(plainBackoffMs(attempts) * 1.25);
}

/** One failure more: the next wait is longer. */
export function worse(
  backoff: Backoff | null,
  failure: { readonly reason: string; readonly at: number; readonly slot: string },
): Backoff {
  const attempts = (backoff?.attempts ?? 0) + 1;
  return { attempts, until: failure.at + backoffMs(attempts, failure.slot), reason: failure.reason };
}

/** As many failures as before; but something was tried, and the next attempt waits as long again. */
export function waitAgain(backoff: Backoff, { at, slot }: { readonly at: number; readonly slot: string }): Backoff {
  return { ...backoff, until: at + backoffMs(backoff.attempts, slot) };
}

/**
 * After the wait it was quiet for as long again, and for as long as it takes a group of this size in which nobody lives
 * longer than ten minutes: what fails then is another story.
 */
export function isOutlived({ attempts, until }: Backoff, size: number, now: number): boolean {
  return now >= until + Math.max(plainBackoffMs(attempts), BACKOFF_MOST_MS / Math.max(1, size));
}

/** Takes in how calls ended. A create that was refused is forgotten, and creating backs off. */
export function record(memory: Memory, outcomes: readonly Outcome[]): Memory {
  if (outcomes.length === 0) return memory;
  const byIntent = new Map(outcomes.map((outcome) => [outcome.intent, outcome]));
  const calls: Call[] = [];
  let refused: { readonly reason: string; readonly at: number; readonly slot: string } | undefined;
  for (const call of memory.calls) {
    const outcome = byIntent.get(call.intent);
    if (outcome?.kind === "dropped") continue;
    if (outcome === undefined || call.state.kind !== "called") {
      calls.push(call);
    } else if (call.kind === "create" && outcome.kind === "failed") {
      refused = { reason: outcome.reason, at: outcome.at, slot: call.slot };
    } else {
      calls.push(ended(call, outcome));
    }
  }
  // One step for a whole wave: a thousand members refused for one reason are one failure.
  const creating = refused === undefined ? memory.creating : worse(memory.creating, refused);
  return { ...memory, calls, creating };
}

/**
 * After a restart: whatever was under way then may have been done or not. And what could not get further while nobody
 * was there to carry it is not late.
 */
export function recall(memory: Memory, now: number): Memory {
  const calls = memory.calls.map((call): Call => {
    if (call.state.kind !== "called") return call;
    const reason = "Muster ended while the call was under way";
    return { ...call, state: { kind: "unknown", at: now, reason, interrupted: true } };
  });
  // A trial that a change is about to begin anew must not seem to have begun after it.
  const changing = new Set(calls.map(({ kind, instance }) => (kind === "update" ? instance : null)));
  return { ...spared(memory, (at, id) => (id !== undefined && changing.has(id) ? at : now)), calls };
}

/** What could not get further while nobody was there to carry it, with its deadlines later. */
export function spared(memory: Memory, later: (at: number, member?: string) => number): Memory {
  const { rollout } = memory;
  const trials = Object.entries(memory.young);
  return {
    ...memory,
    young: Object.fromEntries(trials.map(([id, young]) => [id, { ...young, since: later(young.since, id) }])),
    rollout: rollout && { ...rollout, progressAt: later(rollout.progressAt) },
  };
}

function ended(call: Call, outcome: Exclude<Outcome, { kind: "dropped" }>): Call {
  switch (outcome.kind) {
    case "done":
      return { ...call, instance: outcome.instance, state: { kind: "done", at: outcome.at } };
    case "unknown":
      return { ...call, state: { kind: "unknown", at: outcome.at, reason: outcome.reason, interrupted: false } };
    case "failed":
      return failed(call, outcome);
  }
}

/** It is tried again, after a wait that is longer each time. */
export function failed(call: Call, { at, reason }: { readonly at: number; readonly reason: string }): Call {
  return { ...call, state: { kind: "failed", retryAt: at + backoffMs(call.attempt, call.intent), reason } };
}
