/** What the history is told of a file. Never its content: that may hold what is nobody's business. */
import type { Cause, EventDraft, EventType } from "@muster/model";
import { MUSTER } from "../events.ts";
import type { Named } from "./drawn.ts";

/** So many members are named; of the others only how many they are. */
const NAMED = 5;

export interface Change {
  readonly kind: "made" | "changed";
  /** Whom the file named before; undefined where that is not known. */
  readonly before: Named | undefined;
  readonly now: Named;
  /** It is declared otherwise than before. */
  readonly declared: boolean;
}

export function changed(path: string, change: Change, groups: readonly string[], cause: Cause): EventDraft {
  return draft("resource.changed", `${path} ${wordsFor(change, groups)}`, groups, cause);
}

function wordsFor({ kind, before, now, declared }: Change, groups: readonly string[]): string {
  if (before === undefined || kind === "made") {
    const verb = kind === "made" ? "made" : "changed";
    return groups.length === 0 ? verb : `${verb}, with ${now.size === 0 ? "nobody" : listed([...now.values()])}`;
  }
  const came = [...now].flatMap(([key, name]) => (before.has(key) ? [] : [name]));
  const went = [...before].flatMap(([key, name]) => (now.has(key) ? [] : [name]));
  const parts = [
    ...(came.length === 0 ? [] : [`in: ${listed(came)}`]),
    ...(went.length === 0 ? [] : [`out: ${listed(went)}`]),
  ];
  if (parts.length > 0) return `changed; ${parts.join("; ")}`;
  return declared ? "changed as declared" : "put right: somebody else had changed it";
}

export function notified(path: string, program: string, groups: readonly string[], cause: Cause): EventDraft {
  return draft("resource.notified", `${program} was told of ${path}`, groups, cause);
}

export function failed(path: string, reason: string, groups: readonly string[]): EventDraft {
  return draft("resource.failed", `${path}: ${reason}`, groups, "corrective");
}

export function drifted(path: string, reason: string, groups: readonly string[]): EventDraft {
  return draft("resource.drifted", `${path} ${reason}; it is only observed`, groups, "corrective");
}

export function released(path: string): EventDraft {
  return draft("resource.released", `${path} is no longer declared; it stays`, [], "intentional");
}

/** An event is of one group or of none. */
function draft(type: EventType, message: string, groups: readonly string[], cause: Cause): EventDraft {
  const [group, ...others] = groups;
  const of = group === undefined || others.length > 0 ? {} : { group };
  return { type, ...of, actor: MUSTER, cause, message };
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more <= 1 ? names.join(", ") : `${names.slice(0, NAMED).join(", ")} and ${more} more`;
}
