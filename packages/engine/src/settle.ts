import type { GoodLook, Seen } from "./look.ts";
import type { Call } from "./memory.ts";

/**
 * What became of the calls, as far as this look can tell.
 * A look proves that a call's effect is there by showing it; that it is not there only when it began `settleMs` after
 * the call had ended.
 */
export interface Settled {
  /** Still to be reckoned with. */
  readonly open: readonly Call[];
  /** Calls whose answer was lost, and which this look shows to have been done, as far as presence tells. */
  readonly found: readonly { readonly call: Call; readonly instance: string }[];
  /** Members that a create of these made, or an update changed: they are on trial. */
  readonly fresh: ReadonlyMap<string, Call>;
  /** Why a create of these came to nothing; undefined when none did. */
  readonly failure: string | undefined;
  /** This look shows what a create of these made. */
  readonly made: boolean;
  /** When a look could tell more, ms since 1970. */
  readonly wakeAt: number | undefined;
}

export function settle(calls: readonly Call[], look: GoodLook, settleMs: number): Settled {
  if (calls.length === 0) return NONE;
  const { byIntent, byId } = shownOf(calls, look);
  const open: Call[] = [];
  const found: { call: Call; instance: string }[] = [];
  const fresh = new Map<string, Call>();
  let wakeAt: number | undefined;
  let failure: string | undefined;
  let made = false;
  for (const call of calls) {
    const seen = byIntent.get(call.intent) ?? namesake(call, byId);
    if (seen !== undefined && isOnTrial(call)) fresh.set(seen.id, call);
    if (isOver(call, seen !== undefined, look.startedAt, settleMs)) {
      const instance = call.state.kind === "unknown" ? effectOf(call, seen) : undefined;
      if (instance !== undefined) found.push({ call, instance });
      if (call.kind === "create") {
        const wrong = failureOf(call, seen);
        if (wrong === undefined) made ||= seen !== undefined;
        else failure ??= wrong;
      }
      continue;
    }
    open.push(call);
    const at = tellsAt(call, settleMs);
    if (at !== undefined) wakeAt = Math.min(wakeAt ?? at, at);
  }
  return { open, found, fresh, failure, made, wakeAt };
}

/** The members that a call may be about. Those are few where many are there. */
function shownOf(calls: readonly Call[], { members }: GoodLook) {
  const intents = new Set<string>();
  const ids = new Set<string>();
  for (const { kind, intent, instance } of calls) {
    if (kind === "create") intents.add(intent);
    if (instance !== null) ids.add(instance);
  }
  const byIntent = new Map<string, Seen>();
  const byId = new Map<string, Seen>();
  for (const seen of members) {
    const { intent } = seen.mark;
    if (intents.size > 0 && intent !== undefined && intents.has(intent)) byIntent.set(intent, seen);
    if (ids.size > 0 && ids.has(seen.id)) byId.set(seen.id, seen);
  }
  return { byIntent, byId };
}

const NONE: Settled = {
  open: [],
  found: [],
  fresh: new Map(),
  failure: undefined,
  made: false,
  wakeAt: undefined,
};

/** A create that shows has made somebody new; an update has, when it was not refused. */
function isOnTrial({ kind, state }: Call): boolean {
  if (kind === "update") return state.kind === "done" || state.kind === "unknown";
  return kind === "create";
}

/** The member of that id. One that bears the intent of another create is not what this one made, whatever was answered. */
function namesake({ kind, instance }: Call, byId: ReadonlyMap<string, Seen>): Seen | undefined {
  const seen = instance === null ? undefined : byId.get(instance);
  return kind === "create" && seen?.mark.intent !== undefined ? undefined : seen;
}

/** What is wrong with what a create made. Nothing, when Muster itself ended before it could know. */
function failureOf({ state, revision, instance }: Call, seen: Seen | undefined): string | undefined {
  if (seen !== undefined) {
    const kept = seen.mark.revision === revision;
    return kept
      ? undefined
      : `${seen.id} was made as ${revision} and is listed as ${seen.mark.revision}: its tags were not kept`;
  }
  if (state.kind === "unknown") return state.interrupted ? undefined : state.reason;
  return `${instance ?? "what was made"} was made, and is not there`;
}

/** The member that a create made, an update may have changed, or a destroy took away. */
function effectOf(call: Call, seen: Seen | undefined): string | undefined {
  switch (call.kind) {
    case "create":
      return seen?.id;
    case "destroy":
      return seen === undefined ? (call.instance ?? undefined) : undefined;
    case "update":
      return seen?.id;
  }
}

/** Nothing about the call is open any more: the look alone tells the truth. */
function isOver(call: Call, seen: boolean, lookedAt: number, settleMs: number): boolean {
  switch (call.state.kind) {
    case "called":
      return false;
    case "failed":
      // What was refused is decided anew when its time has come, as long as its member is there.
      return !seen || lookedAt >= call.state.retryAt;
    case "done":
    case "unknown":
      if (lookedAt >= call.state.at + settleMs) return true;
      return call.kind === "create" ? seen : call.kind === "destroy" && !seen && lookedAt >= call.state.at;
  }
}

/** The earliest beginning of a look that tells what became of the call. */
function tellsAt(call: Call, settleMs: number): number | undefined {
  switch (call.state.kind) {
    case "called":
      return undefined;
    case "failed":
      return call.state.retryAt;
    case "done":
    case "unknown":
      return call.state.at + settleMs;
  }
}
