/** What a person can ask of a group beside its declaration, and when that is refused. */
import { conditionOf, MusterError, type Status } from "@muster/model";
import type { Steering } from "@muster/store";

export interface Turn {
  /** For the history. */
  readonly message: string;
  /** What is asked for from now on, in this generation; undefined where it is so already. */
  to(before: Steering, generation: number, status: Status | undefined): Steering | undefined;
}

export const pause: Turn = {
  message: "paused: changes are not carried through",
  to: (before) => (before.goal === "paused" ? undefined : { ...before, goal: "paused" }),
};

export const destroy: Turn = {
  message: "to be destroyed",
  to: (before) => (before.goal === "destroying" ? undefined : { ...before, goal: "destroying" }),
};

/** Takes away a pause; where there is none, what had failed or had been reverted is tried again. */
export const resume: Turn = {
  message: "resumed",
  to(before, generation, status) {
    if (before.goal !== "kept") return { ...before, goal: "kept", retriedIn: generation };
    const troubled = status === undefined || conditionOf(status, "Stalled")?.holds === true;
    if (!before.reverted && !troubled) return undefined;
    return { ...before, reverted: false, promoted: false, retriedIn: generation };
  },
};

export function promote(group: string): Turn {
  return {
    message: "the canaries are promoted",
    to(before, generation, status) {
      // A look of before the last change may show the canaries of another version.
      const phase = status?.observedGeneration === generation - 1 ? status.rollout?.phase : undefined;
      if (phase === "rolling" && before.promoted) return undefined;
      if (phase !== "canary") throw new MusterError("group.no-canary", { group });
      return before.promoted ? undefined : { ...before, promoted: true };
    },
  };
}

export function revert(group: string, hasFormer: boolean): Turn {
  return {
    message: "to be kept at its former version",
    to(before, generation, status) {
      if (!hasFormer) throw new MusterError("group.nothing-to-revert-to", { group });
      const phase = status?.rollout?.phase;
      if (before.reverted || phase === "reverting" || phase === "reverted") return undefined;
      return { ...before, reverted: true, promoted: false, retriedIn: generation };
    },
  };
}
