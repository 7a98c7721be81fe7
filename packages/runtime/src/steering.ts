/** What a person can ask of a group beside its declaration, and when that is refused. */
import { conditionOf, MusterError, type Status } from "@muster/model";
import type { Steering } from "@muster/store";

export interface SteeringChange {
  /** For the history. */
  readonly message: string;
  /** What is asked for from now on, in this generation; undefined where it is so already. */
  to(before: Steering, generation: number, status: Status | undefined): Steering | undefined;
}

export const pause: SteeringChange = {
  message: "paused: changes are not carried through",
  to: (before) => (before.goal === "paused" ? undefined : { ...before, goal: "paused" }),
};

export const destroy: SteeringChange = {
  message: "to be destroyed",
  to: (before) => (before.goal === "destroying" ? undefined : { ...before, goal: "destroying" }),
};

/** Takes away a pause; where there is none, what had failed or had been reverted is tried again. */
export const resume: SteeringChange = {
  message: "resumed",
  to(before, generation, status) {
    if (before.goal !== "kept") return { ...before, goal: "kept", retriedIn: generation };
    const troubled = status === undefined || conditionOf(status, "Stalled")?.holds === true;
    if (!before.reverted && !troubled) return undefined;
    return { ...before, reverted: false, promoted: false, retriedIn: generation };
  },
};

/**
 * @param group as commands take it: `shop/web`
 * @param canaries how many are declared; undefined where that cannot be told
 */
export function promote(group: string, canaries: number | undefined): SteeringChange {
  return {
    message: "the canaries are promoted",
    to(before, generation, status) {
      // A look of before the last change may show the canaries of another version.
      const seen = status?.observedGeneration === generation - 1 ? status : undefined;
      const phase = seen?.rollout?.phase;
      if (phase === "rolling" && before.promoted) return undefined;
      if (phase !== "canary") throw noneToPromote(group, canaries, before, seen);
      return before.promoted ? undefined : { ...before, promoted: true };
    },
  };
}

/** Why nobody can be promoted, with what helps there. */
function noneToPromote(
  group: string,
  canaries: number | undefined,
  { goal }: Steering,
  seen: Status | undefined,
): MusterError {
  const none = (fix: string) => new MusterError("group.no-canary", { group, fix });
  if (canaries === 0) return none("Declare `rollout.canary`: then the others wait for the first ones.");
  const phase = seen?.rollout?.phase;
  if (phase === "paused" || (seen === undefined && goal === "paused"))
    return new MusterError("group.paused", { group });
  if (phase === "reverting" || phase === "reverted") {
    return none(`It keeps its former version: \`muster group resume ${group}\` tries the declared one again.`);
  }
  if (phase === "failed" && seen !== undefined) {
    const detail = conditionOf(seen, "Stalled")?.message ?? "the rollout is held";
    return new MusterError("group.canaries-failed", { group, detail });
  }
  return none(`\`muster group describe ${group}\` shows how far it is.`);
}

export function revert(group: string, hasFormer: boolean): SteeringChange {
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
