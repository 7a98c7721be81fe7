/** What whoever waits for a group can expect of it. Pure: the time comes from outside, in milliseconds of any clock. */
import type { GroupView } from "@muster/daemon";
import { conditionOf, isConverged, MusterError } from "@muster/model";
import { placeName } from "../print/event-line.ts";
import { reasonOf } from "../print/state.ts";

export type Outlook =
  /** As declared; or as far as it goes until somebody says more. */
  | { readonly kind: "done" }
  | { readonly kind: "under-way" }
  /** Its own time is waited for, however long. */
  | { readonly kind: "bakes" }
  /** It may come right by itself. */
  | { readonly kind: "held"; readonly error: MusterError }
  | { readonly kind: "over"; readonly error: MusterError };

/** A later declaration has taken the place of the one that is waited for: then its outcome counts. */
export function outlookOf(view: GroupView, generation: number): Outlook {
  const { steering, status } = view;
  if (steering === "paused") return { kind: "done" };
  if (steering === "destroying") return { kind: "over", error: failed("group.destroying", view) };
  if (status === undefined || status.observedGeneration < generation) return { kind: "under-way" };
  if (isConverged(status)) return { kind: "done" };
  const stalled = conditionOf(status, "Stalled");
  if (stalled?.holds === true) return held(view, stalled.reason);
  switch (conditionOf(status, "Converged")?.reason) {
    case "CanaryWaits":
      // Whoever has to go beside it goes first: then nothing is left half-done.
      return { kind: conditionOf(status, "Progressing")?.holds === true ? "under-way" : "done" };
    case "Observed":
      return { kind: "done" };
    case "CanaryBakes":
      return { kind: "bakes" };
    default:
      return { kind: "under-way" };
  }
}

function held(view: GroupView, reason: string): Outlook {
  const phase = view.status?.rollout?.phase;
  if (phase === "reverted") return { kind: "over", error: failed("rollout.reverted", view) };
  // How that ends is what counts.
  if (phase === "reverting" && reason === "Reverted") return { kind: "under-way" };
  if (reason === "RolloutFailed") return { kind: "held", error: failed("rollout.failed", view) };
  // The runtime names what prevents a look so: `look.denied`.
  if (reason.startsWith("look.")) {
    const name = `group \`${placeName(view.stack, view.name)}\``;
    return { kind: "held", error: new MusterError("look.failed", { name, detail: reasonOf(view) }) };
  }
  return { kind: "held", error: failed("group.not-converged", view) };
}

type Failure = "group.not-converged" | "group.destroying" | "rollout.failed" | "rollout.reverted";

function failed(code: Failure, view: GroupView): MusterError {
  return new MusterError(code, { group: placeName(view.stack, view.name), detail: reasonOf(view), serve: "" });
}

/** For how long a group has stood as it stands. */
export interface Spell {
  /** Whatever of it moves when anything does. */
  readonly word: string;
  readonly since: number;
  /** Missing while it is not held up. */
  readonly heldSince?: number;
}

export function spellOf(before: Spell | undefined, view: GroupView, outlook: Outlook, now: number): Spell {
  const { ready, desired, rollout, conditions } = view.status ?? {};
  const word = JSON.stringify([ready, desired, rollout, conditions]);
  const since = before?.word === word ? before.since : now;
  return outlook.kind === "held" ? { word, since, heldSince: before?.heldSince ?? now } : { word, since };
}

/** What is held up may come right by itself; for so long it is hoped for, in milliseconds. */
export const HOPE_MS = 5_000;
/** So long a group may stand still without a word, unless its own deadline is longer. */
export const SILENT_MS = 600_000;

/** Why a group is not waited for any longer; undefined while it is. */
export function endOf(
  view: GroupView,
  outlook: Outlook,
  { since, heldSince }: Spell,
  now: number,
  patienceMs: number,
): MusterError | undefined {
  if (outlook.kind === "over") return outlook.error;
  if (outlook.kind === "held" && heldSince !== undefined && now - heldSince > HOPE_MS) return outlook.error;
  if (outlook.kind === "done" || outlook.kind === "bakes" || now - since <= patienceMs) return undefined;
  return failed("group.not-converged", view);
}
