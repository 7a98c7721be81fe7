import type { Json } from "./json.ts";
import type { Address } from "./resource.ts";

/** Was the declaration changed (`intentional`), or reality though nobody changed the declaration (`corrective`)? */
export type Cause = "intentional" | "corrective";

/** Everything that can stand in the history. The word before the dot is its family. */
export const EVENT_TYPES = [
  "stack.committed",
  "stack.destroying",
  "stack.removed",
  "group.committed",
  "group.steered",
  "group.released",
  "group.removed",
  "group.moved",
  "group.decided",
  "group.drifted",
  "group.converged",
  "group.stalled",
  "group.resumed",
  "rollout.started",
  "rollout.waiting",
  "rollout.promoted",
  "rollout.failed",
  "rollout.reverting",
  "rollout.reverted",
  "rollout.finished",
  "revision.quarantined",
  "revision.released",
  "instance.created",
  "instance.adopted",
  "instance.updated",
  "instance.destroyed",
  "instance.vanished",
  "instance.failed",
  "instance.unhealthy",
  "instance.recovered",
  "instance.exec",
  "instance.console",
  "instance.tool",
  "instance.replace-asked",
  "instance.quarantined",
  "resource.decided",
  "resource.created",
  "resource.adopted",
  "resource.changed",
  "resource.replaced",
  "resource.destroyed",
  "resource.ran",
  "resource.refreshed",
  "resource.notified",
  "resource.failed",
  "resource.drifted",
  "resource.released",
  "check.failed",
  "check.passed",
  "history.pruned",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** One fact of the history, before it has its place in the chain. */
export interface EventDraft {
  readonly type: EventType;
  readonly group?: string;
  /** The resource that it is about: `TYPE.NAME`. */
  readonly resource?: Address;
  /** Who: `user:NAME` for a person's doing, `muster` for its own. */
  readonly actor: string;
  readonly cause: Cause;
  /** What happened and why, in a sentence. */
  readonly message: string;
  readonly instance?: string;
  readonly slot?: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** One fact of the history, in its place: numbered within its stack and chained to the one before. */
export interface Event extends EventDraft {
  readonly stack: string;
  /** 1, 2, 3 … within the stack. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** SHA-256 over the canonical text of the event without `hash`, and so over `previous`. */
  readonly hash: string;
  /** The hash of the event before; 64 zeros for the first. */
  readonly previous: string;
}
