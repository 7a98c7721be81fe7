import type { Action, Seen } from "@muster/engine";
import { type Acted, act } from "./act.ts";
import type { BoundGroup } from "./bind.ts";
import { bounded } from "./bounded.ts";
import { atMost } from "./deadline.ts";
import type { Clock } from "./ports.ts";
import type { Withdrawn } from "./withdraw.ts";

/** Calls of one kind that are under way at once. A member that is slow to leave keeps nobody from being made. */
const CALLS_AT_ONCE = 16;

/** The calls of one group: those under way, and those that ended and are not written down yet. */
export interface InFlight {
  /** Begins these; `seen` are the members they are about, `taken` the creates that are refused before they are called. */
  begin(group: BoundGroup, actions: readonly Action[], seen: readonly Seen[], taken: ReadonlyMap<string, string>): void;
  /** How those ended that are not written down yet. */
  ended(): readonly Acted[];
  /** The first so many of `ended` are written down. */
  written(count: number): void;
  /** Resolves when none is under way, or after so many milliseconds. */
  rest(graceMs: number): Promise<void>;
}

/**
 * @param isMeant asked right before each call: what it says no to is not begun
 * @param answered called after each answer; `last` when no other is awaited
 * @param withdrawn where others send work to the members
 */
export function trackCalls(
  clock: Clock,
  isMeant: (action: Action) => boolean,
  answered: (last: boolean) => void,
  withdrawn?: Withdrawn,
): InFlight {
  const limits = {
    create: bounded(CALLS_AT_ONCE),
    update: bounded(CALLS_AT_ONCE),
    destroy: bounded(CALLS_AT_ONCE),
  };
  const underWay = new Set<Promise<void>>();
  const ended: Acted[] = [];
  let unanswered = 0;

  function note(acted: Acted): void {
    ended.push(acted);
    unanswered--;
    answered(unanswered === 0);
  }

  function refused(action: Action, reason: string): Acted {
    return { action, outcome: { kind: "failed", intent: action.intent, reason, at: clock.now() } };
  }

  return {
    begin(group, actions, seen, taken) {
      if (actions.length === 0) return;
      unanswered += actions.length;
      const byId = new Map(seen.map((member) => [member.id, member]));
      for (const action of actions) {
        const reason = taken.get(action.intent);
        const member = action.kind === "create" ? undefined : byId.get(action.instance);
        const call = async () =>
          reason === undefined
            ? act(group, action, member, clock, () => isMeant(action), withdrawn)
            : refused(action, reason);
        const promise = limits[action.kind](call).then(note);
        underWay.add(promise);
        void promise.finally(() => underWay.delete(promise));
      }
    },
    ended: () => [...ended],
    written: (count) => void ended.splice(0, count),
    rest: (graceMs) => atMost(graceMs, Promise.all(underWay), clock),
  };
}
