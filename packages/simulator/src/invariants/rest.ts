import type { Invariant } from "./invariant.ts";

/** Muster looks at a remote group every 10 s, at a local one every 30 s; and at one whose flavor knows of health every 10 s. */
const LOOK_EVERY_MS = 10_000;
/** Hints of what happened before may still come in for so long. */
const LAST_HINTS_MS = 10_000;
/** Calls that a group may need for each member after all is calm: made, found ill, replaced, replaced again. */
const CALLS_PER_MEMBER = 6;
const CALLS_BESIDES = 12;

/**
 * 5. When faults stop, the group reaches the declaration in a bounded number of steps, then makes no more calls than
 * looking needs.
 *
 * From the calm on, calls are counted against the number of members there are and should be. From the rest on there is
 * no call that changes anything, nothing is written, and lists come at their regular time. Whether the rest is reached
 * at all `simulate` says, by its `ended`.
 */
export const rest: Invariant = {
  name: "5 it converges and falls quiet",
  on: ["calmed", "rested", "called", "wrote", "looked", "ended"],
  watch: ({ history, world }) => {
    let phase: "wild" | "calm" | "resting" = "wild";
    let since = 0;
    let calls = 0;
    let allowed = 0;
    const lists = new Map<string, number>();
    return (happening) => {
      switch (happening.kind) {
        case "calmed": {
          phase = "calm";
          const declared = history.groups().map((group) => history.wanted(group)?.text.size ?? 0);
          const sizes = declared.map((size) => (typeof size === "number" ? size : size.length));
          const members = world.living({}).length + sizes.reduce((sum, size) => sum + size, 0);
          allowed = CALLS_BESIDES + CALLS_PER_MEMBER * members;
          return undefined;
        }
        case "rested":
          phase = "resting";
          since = happening.at;
          return undefined;
        case "called":
          if (phase === "resting") return `call ${happening.call} though everything is as declared`;
          calls += phase === "calm" ? 1 : 0;
          return calls > allowed ? `more than ${allowed} calls after everything was calm` : undefined;
        case "wrote":
          return phase === "resting" ? "something is written though nothing happens" : undefined;
        case "looked": {
          // Another one may still look who has lost the stack, and has nothing to write that would tell it so.
          if (happening.life !== history.holder()) return undefined;
          if (phase !== "resting" || happening.at < since + LAST_HINTS_MS) return undefined;
          const count = (lists.get(happening.group) ?? 0) + 1;
          lists.set(happening.group, count);
          const due = 2 + (happening.at - since - LAST_HINTS_MS) / LOOK_EVERY_MS;
          return count > due ? `${count} looks in ${happening.at - since} ms of rest` : undefined;
        }
        case "ended":
          return phase === "resting" ? undefined : "the declaration was not reached in time";
        default:
          return undefined;
      }
    };
  },
};
