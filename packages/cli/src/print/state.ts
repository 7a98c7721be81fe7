/** How a group stands, in words. */
import type { GroupView } from "@muster/daemon";
import { conditionOf, isConverged, type RolloutStatus, type Status } from "@muster/model";

/** `rolling` to `reverted` as in `RolloutStatus`; `stalled`: what else stands in the way. */
export type GroupState =
  | "destroying"
  | "paused"
  | "starting"
  | "stalled"
  | "quarantined"
  | "converged"
  | "progressing"
  | "observed"
  | RolloutStatus["phase"];

/** How a group stands, in a word. */
export function stateOf({ steering, status }: Pick<GroupView, "steering" | "status">): GroupState {
  if (steering === "destroying") return "destroying";
  if (status === undefined) return "starting";
  const stalled = conditionOf(status, "Stalled");
  if (stalled?.holds === true) return stalledState(stalled.reason, status.rollout);
  if (steering === "paused") return "paused";
  if (status.rollout !== null) return status.rollout.phase;
  if (isConverged(status)) return "converged";
  return conditionOf(status, "Converged")?.reason === "Observed" ? "observed" : "progressing";
}

/** A rollout that has failed or is reverted stands in nobody's way but its own. */
function stalledState(reason: string, rollout: RolloutStatus | null): GroupState {
  switch (reason) {
    case "RolloutFailed":
    case "Reverted":
      return rollout?.phase ?? "stalled";
    case "Quarantined":
      return "quarantined";
    default:
      return "stalled";
  }
}

/** The same with how far a change has come: `rolling 4/10`. */
export function progressOf(view: Pick<GroupView, "steering" | "status">): string {
  const { status } = view;
  const state = stateOf(view);
  if (status?.rollout) return `${state} ${status.rollout.arrived}/${status.rollout.of}`;
  // What was declared in a pause is no rollout before somebody resumes it.
  const waits = state === "paused" && status !== undefined && !isConverged(status);
  return waits ? `${state} ${status.ready}/${status.desired}` : state;
}

/** Why it stands so, where that is not plain from the word. */
export function reasonOf({ status }: Pick<GroupView, "status">): string {
  if (status === undefined) return "not looked at yet";
  const stalled = conditionOf(status, "Stalled");
  if (stalled?.holds === true) return stalled.message;
  return isConverged(status) ? "" : (conditionOf(status, "Converged")?.message ?? "");
}

/** How it stands, on a line that is redrawn: `as declared`, `held up`, `rolling 4/10`. */
export function liveWord(status: Status): string {
  const view = { steering: undefined, status };
  const state = stateOf(view);
  return LIVE[state] ?? progressOf(view);
}

const LIVE: Partial<Record<GroupState, string>> = {
  converged: "as declared",
  progressing: "under way",
  stalled: "held up",
  observed: "observed: drift",
};
