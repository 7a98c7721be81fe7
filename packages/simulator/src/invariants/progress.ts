import type { Event } from "@muster/model";
import { isOfVersion } from "../grammar.ts";
import type { Happening } from "../happening.ts";
import type { History } from "../records.ts";
import { isCarried } from "./carried.ts";
import type { Invariant } from "./invariant.ts";

/** So many looks of one life after the deadline, and it has had every chance to say so. */
const CHANCES = 3;

interface Rollout {
  /** When anything last got further. */
  since: number;
  /** How many of the old ones were there, and how many of the new ones were well, at the last look. */
  seen: string;
  /** A second look has shown the same. */
  isConfirmed: boolean;
  /** When a look was first taken in that could count the last one that got well; lists may have hung until then. */
  countedAt: number | undefined;
  said: boolean;
  /** Looks since the deadline, by which life. */
  chances: { readonly life: number; readonly count: number };
}

/**
 * The progress deadline always fires: a rollout in which nothing gets further for so long has said that it failed, unless
 * somebody has paused it or it waits for canaries to be promoted.
 *
 * Getting further is, here, any change in how many old ones are listed and how many new ones are well; time in which Muster
 * was not there, or could not write, does not count, and neither does what a member has to be well before it counts.
 */
export const progress: Invariant = {
  name: "policy: the progress deadline fires",
  on: ["holds", "wrote", "looked", "unwritten", "answered", "abandoned"],
  watch: ({ history, settleMs }) => {
    const rollouts = new Map<string, Rollout>();
    return (happening) => {
      switch (happening.kind) {
        case "wrote":
          for (const [group, rollout] of rollouts) {
            if (!isCarried(history.wanted(group))) rollouts.delete(group);
            else if (happening.declaration !== undefined) begin(rollout, happening.at);
          }
          for (const event of happening.events) tell(event, happening.at, rollouts);
          return undefined;
        case "holds":
        case "unwritten":
          for (const rollout of rollouts.values()) begin(rollout, happening.at);
          return undefined;
        case "answered":
        case "abandoned": {
          // As long as the call that made or changed a member is open, that member counts for nothing.
          const { group = "", took = false, verb } = history.calls.get(happening.call) ?? {};
          const rollout = rollouts.get(group);
          if (rollout !== undefined && took && verb !== "destroy") begin(rollout, happening.at);
          return undefined;
        }
        case "looked": {
          const rollout = rollouts.get(happening.group);
          return rollout && overdue(happening, rollout, history, settleMs);
        }
        default:
          return undefined;
      }
    };
  },
};

/** From here on it has its whole time. */
function begin(rollout: Rollout, at: number): void {
  rollout.since = at;
  rollout.countedAt = undefined;
}

function tell({ type, group = "" }: Event, at: number, rollouts: Map<string, Rollout>): void {
  if (type === "rollout.started") {
    rollouts.set(group, {
      ...{ since: at, seen: "", isConfirmed: false, countedAt: undefined },
      ...{ said: false, chances: { life: 0, count: 0 } },
    });
    return;
  }
  const rollout = rollouts.get(group);
  if (rollout === undefined) return;
  if (type === "rollout.finished" || type === "rollout.reverting" || type === "rollout.reverted")
    rollouts.delete(group);
  if (type === "rollout.promoted") begin(rollout, at);
  if (type === "rollout.failed") rollout.said = true;
}

function overdue(
  look: Extract<Happening, { kind: "looked" }>,
  rollout: Rollout,
  history: History,
  settleMs: number,
): string | undefined {
  const { group, shown, began, at, life } = look;
  const wanted = history.wanted(group);
  if (wanted === undefined) return undefined;
  const { aim, steering, mode, promised } = wanted;
  let old = 0;
  let well = 0;
  for (const { id, properties } of shown) {
    if (!isOfVersion(aim, properties)) old++;
    else if (history.trials.passingSince(id) !== undefined) well++;
  }
  const seen = `${old} old, ${well} new`;
  const isWaiting =
    steering?.goal === "paused" || mode === "observe" || (promised.canary > 0 && well >= promised.canary);
  if (seen !== rollout.seen || isWaiting || !rollout.isConfirmed) {
    // Where nobody is shown any more Muster looks twice before it believes it.
    begin(rollout, at);
    Object.assign(rollout, { seen, isConfirmed: seen === rollout.seen, chances: { life, count: 0 } });
    return undefined;
  }
  // A member that was changed is well when it is known that the look shows it as it is.
  const trialMs = promised.minReadyMs + settleMs;
  if (began < rollout.since + trialMs) return undefined;
  rollout.countedAt ??= at;
  if (began < rollout.countedAt + promised.progressDeadlineMs) return undefined;
  const count = rollout.chances.life === life ? rollout.chances.count + 1 : 1;
  rollout.chances = { life, count };
  if (rollout.said || count <= CHANCES) return undefined;
  return `${group} has been at ${seen} for ${at - rollout.since} ms, and nobody has said that it is stuck`;
}
