import type { GroupView } from "@muster/daemon";
import { conditionOf, isConverged } from "@muster/model";

export type GroupState = "destroying" | "paused" | "starting" | "stalled" | "converged" | "progressing";

/** How a group stands, in a word. */
export function stateOf({ steering, status }: GroupView): GroupState {
  if (steering === "destroying") return "destroying";
  if (status === undefined) return "starting";
  if (conditionOf(status, "Stalled")?.holds === true) return "stalled";
  if (steering === "paused") return "paused";
  return isConverged(status) ? "converged" : "progressing";
}

/** Why it stands so, where that is not plain from the word. */
export function reasonOf({ status }: GroupView): string {
  if (status === undefined) return "not looked at yet";
  const stalled = conditionOf(status, "Stalled");
  if (stalled?.holds === true) return stalled.message;
  return isConverged(status) ? "" : (conditionOf(status, "Converged")?.message ?? "");
}
