import { changesOf } from "./amend.ts";
import { type DeclaredGroup, versionWord } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import { type Call, failed } from "./memory.ts";

/**
 * What became of the calls, as far as this look can tell.
 * A look proves that a call's effect is there by showing it; that it is not there only when it began `settleMs` after
 * the call had ended. An update or destroy that had no effect then has failed, whatever was answered.
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

/** @param declared the group with the version that is aimed at */
export function settle(calls: readonly Call[], look: GoodLook, settleMs: number, declared: DeclaredGroup): Settled {
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
    const over = isOver(call, seen, look.startedAt, settleMs, declared);
    const futile = over ? disproved(call, seen, look.startedAt, declared) : undefined;
    if (seen !== undefined && futile === undefined && isOnTrial(call)) fresh.set(seen.id, call);
    if (over && futile === undefined) {
      const instance = call.state.kind === "unknown" ? effectOf(call, seen) : undefined;
      if (instance !== undefined) found.push({ call, instance });
      if (call.kind === "create") {
        const wrong = failureOf(call, seen);
        if (wrong === undefined) made ||= seen !== undefined;
        else failure ??= wrong;
      }
      continue;
    }
    const kept = futile ?? call;
    open.push(kept);
    const at = tellsAt(kept, settleMs);
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

/** An update or destroy whose effect this look could show, and does not show: it has failed. */
function disproved(call: Call, seen: Seen | undefined, lookedAt: number, declared: DeclaredGroup): Call | undefined {
  const { kind, state } = call;
  if (seen === undefined || kind === "create" || (state.kind !== "done" && state.kind !== "unknown")) return undefined;
  // Muster itself ended: nobody has failed.
  if (state.kind === "unknown" && state.interrupted) return undefined;
  const said = state.kind === "done" ? `the ${kind} was answered` : state.reason;
  if (kind === "destroy") return failed(call, { at: lookedAt, reason: `${said}, and the look still shows it` });
  const lacking = lackingOf(call, seen, declared);
  if (lacking.length === 0) return undefined;
  return failed(call, { at: lookedAt, reason: `${said}, and the look shows another ${lacking.join(", ")}` });
}

/**
 * The properties that an update was to change and that are not as wanted. Their names only: a value may be a secret.
 * None, when something else is wanted by now.
 */
function lackingOf({ to }: Call, seen: Seen, declared: DeclaredGroup): readonly string[] {
  if (to !== versionWord(declared) || seen.mark.revision !== declared.revision) return [];
  return Object.keys(changesOf(declared, seen) ?? {});
}

/** Nothing about the call is open any more: the look alone tells the truth. */
function isOver(
  call: Call,
  seen: Seen | undefined,
  lookedAt: number,
  settleMs: number,
  declared: DeclaredGroup,
): boolean {
  switch (call.state.kind) {
    case "called":
      return false;
    case "failed":
      // What was refused is decided anew when its time has come, as long as its member is there and lacks it.
      if (seen === undefined || lookedAt >= call.state.retryAt) return true;
      return call.kind === "update" && lackingOf(call, seen, declared).length === 0;
    case "done":
    case "unknown":
      if (lookedAt >= call.state.at + settleMs) return true;
      if (call.kind === "create") return seen !== undefined;
      return call.kind === "destroy" && seen === undefined && lookedAt >= call.state.at;
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
