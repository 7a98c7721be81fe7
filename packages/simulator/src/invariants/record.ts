import type { Cause, Event } from "@muster/model";
import type { Happening, Verb } from "../happening.ts";
import type { CallRecord, History } from "../records.ts";
import type { World } from "../world.ts";
import type { Invariant } from "./invariant.ts";

const TOLD_BY = { create: "instance.created", update: "instance.updated", destroy: "instance.destroyed" } as const;

/**
 * 6. Every action has an event, and every event its cause.
 *
 * Before a call is made it was written down, with a `group.decided`. By the rest, every call that changed something is
 * told by an event that names the thing (a change in place whose answer was lost, by the failure); and every event of
 * a change was one. Of a group that was let go nothing more is told. The cause is checked where it is beyond doubt: see `causes`.
 */
export const record: Invariant = {
  name: "6 every action has an event",
  on: ["called", "wrote", "rested"],
  watch: ({ history, world, promisesKept }) => {
    const told: Event[] = [];
    return (happening) => {
      switch (happening.kind) {
        case "called":
          return unwritten(happening, history);
        case "wrote": {
          told.push(...happening.events);
          const decided = new Set(
            happening.events.flatMap(({ type, group }) => (type === "group.decided" ? [group] : [])),
          );
          const silent = history.wave().find(({ group }) => !decided.has(group));
          if (silent !== undefined) return `${silent.kind} (${silent.why}) was decided without an event`;
          return happening.events.map((event) => untrue(event, history)).find((each) => each !== undefined);
        }
        case "rested":
          // What turns up later than the type promises is taken for granted: nobody waits for it any more.
          if (!promisesKept) return undefined;
          return firstUntold(told, history, world);
        default:
          return undefined;
      }
    };
  },
};

function unwritten({ call }: Extract<Happening, { kind: "called" }>, history: History): string | undefined {
  const record = history.calls.get(call);
  return record?.decision === undefined ? `call ${call} was made and never written down` : undefined;
}

/**
 * An event that tells of what did not happen. Of a call whose answer was lost a look tells; so it counts as done when
 * somebody else did the same meanwhile.
 */
function untrue({ type, instance }: Event, history: History): string | undefined {
  const verb = VERB_OF[type];
  if (verb === undefined) return undefined;
  const id = instance ?? "";
  if (verb !== "create" && history.wasDecided(verb, id)) return undefined;
  return history.wasDone(verb, id) ? undefined : `the event ${type} of ${instance} tells of what did not happen`;
}

const VERB_OF: Partial<Record<Event["type"], Verb>> = {
  "instance.created": "create",
  "instance.updated": "update",
  "instance.destroyed": "destroy",
};

function firstUntold(told: readonly Event[], history: History, world: World): string | undefined {
  const byInstance = Map.groupBy(told, ({ instance }) => instance);
  return [...history.calls.values()]
    .filter(({ group, began }) => !history.wasForgottenSince(group, began))
    .map((call) => untold(call, byInstance.get(call.id) ?? [], world))
    .find((each) => each !== undefined);
}

/** @param told of the thing that the call was about */
function untold(call: CallRecord, told: readonly Event[], world: World): string | undefined {
  if (!call.took || call.idle || call.loose) return undefined;
  const types: Event["type"][] = [TOLD_BY[call.verb]];
  if (call.verb === "update") types.push("instance.failed");
  // Made or changed, and taken away before that was known: that it is gone tells that it was there.
  if (call.verb !== "destroy") types.push("instance.destroyed");
  // Nobody may have seen it while it lived.
  if (call.verb !== "destroy" && world.thing(call.id)?.gone?.by === "others") return undefined;
  const event = told.find(({ type }) => types.includes(type));
  return event === undefined ? `no event tells of call ${call.number}: ${call.verb} of ${call.id}` : undefined;
}

/**
 * 6. `intentional` where the declaration was changed, `corrective` where reality was.
 *
 * Where neither has changed since the group was last as declared, and where both have, nobody can tell from outside;
 * so these two are checked: what is done before the group was ever as declared, while nobody but Muster touched it, is
 * intentional; what is done after it was as declared and nobody declared anything else for it, is corrective.
 */
export const causes: Invariant = {
  name: "6 every event has its true cause",
  on: ["befell", "took", "wrote"],
  watch: ({ history, promisesKept }) => {
    const groups = new Map<string, { reached: boolean; touched: boolean; text: string }>();
    let lastTouch = Number.NEGATIVE_INFINITY;
    const stateOf = (group: string) => {
      const known = groups.get(group);
      if (known !== undefined) return known;
      // What turns up later than the type promises is nobody's doing.
      const fresh = { reached: false, touched: !promisesKept, text: "" };
      groups.set(group, fresh);
      return fresh;
    };
    const declare = (group: string) => {
      const { aim, reverted, steering } = history.wanted(group) ?? {};
      const now = JSON.stringify([aim?.size, aim?.image, aim?.note, reverted, steering?.goal === "destroying"]);
      const { text: before, touched } = stateOf(group);
      if (before !== now) groups.set(group, { reached: false, touched, text: now });
    };
    return (happening) => {
      const isLoose = happening.kind === "took" && history.calls.get(happening.call)?.loose === true;
      if (happening.kind === "befell" || isLoose) {
        lastTouch = happening.at;
        for (const state of groups.values()) state.touched = true;
      }
      if (happening.kind !== "wrote") return undefined;
      if (happening.declaration !== undefined || happening.events.some(({ type }) => type === "rollout.reverting")) {
        for (const group of groups.keys()) if (!history.groups().includes(group)) groups.delete(group);
        for (const group of history.groups()) declare(group);
      }
      const wrong = history
        .wave()
        // Where something was declared since the look, either may be meant.
        .filter(({ group, look, at }) => history.wantedSince(group, look?.began ?? at).length === 1)
        .map(({ group, kind, why, cause }) => misjudged(stateOf(group), `${kind} (${why}) in ${group}`, cause))
        .find((each) => each !== undefined);
      for (const { type, group } of happening.events) {
        if (type !== "group.converged" || group === undefined) continue;
        // What befell a member since the look began may be seen only later.
        const isSeen = lastTouch < (history.lookOf(happening.life, group)?.began ?? happening.at);
        Object.assign(stateOf(group), { reached: true, touched: !promisesKept || !isSeen });
      }
      return wrong;
    };
  },
};

function misjudged(
  { reached, touched }: { readonly reached: boolean; readonly touched: boolean },
  what: string,
  cause: Cause,
): string | undefined {
  if (reached && cause !== "corrective") return `${what} is called ${cause}, and nobody has declared anything new`;
  if (!reached && !touched && cause !== "intentional") return `${what} is called ${cause}, and nobody else touched it`;
  return undefined;
}
