import type { Decision } from "@muster/engine";
import { type Cause, conditionOf, type EventDraft, type EventType, type Status } from "@muster/model";
import type { Acted } from "./act.ts";

/** Who acts when nobody told it to. */
export const MUSTER = "muster";

const DONE: Record<Acted["action"]["kind"], { readonly type: EventType; readonly verb: string }> = {
  create: { type: "instance.created", verb: "created" },
  update: { type: "instance.updated", verb: "changed" },
  destroy: { type: "instance.destroyed", verb: "destroyed" },
};

/** How actions ended, as facts of the history. Of one that was never begun there is nothing to tell. */
export function eventsOfActions(group: string, acted: readonly Acted[]): readonly EventDraft[] {
  return acted.length === 0 ? [] : acted.flatMap((each) => eventOfAction(group, each) ?? []);
}

function eventOfAction(group: string, { action, outcome, forced }: Acted): EventDraft | undefined {
  if (outcome.kind === "dropped") return undefined;
  const base = { group, actor: MUSTER, cause: action.cause, slot: action.slot };
  if (outcome.kind === "done") {
    const { type, verb } = DONE[action.kind];
    const without = forced === undefined ? "" : `, by force: ${forced}`;
    const message = `${verb} ${outcome.instance} (${action.why})${without}`;
    return { ...base, type, message, instance: outcome.instance, ...changesOf(action) };
  }
  const uncertain = outcome.kind === "unknown" ? " may have failed; a look will tell" : " failed";
  const instance = action.kind === "create" ? {} : { instance: action.instance };
  const subject = action.kind === "create" ? "" : ` of ${action.instance}`;
  return {
    ...base,
    type: "instance.failed",
    message: `${action.kind}${subject}${uncertain}: ${outcome.reason}`,
    ...instance,
  };
}

function changesOf(action: Acted["action"]): Pick<EventDraft, "after"> {
  switch (action.kind) {
    case "create":
      return { after: { revision: action.revision } };
    case "update":
      // The names only: a value may be a secret, and the history is for ever.
      return { after: { changed: Object.keys(action.changes) } };
    case "destroy":
      return {};
  }
}

export function eventOfDecision(group: string, decision: Decision): EventDraft {
  return { ...decision, group, actor: MUSTER };
}

/** A group that begins or ceases to be held up, for another reason than before. */
export function eventsOfStall(group: string, cause: Cause, before: Status | undefined, now: Status): EventDraft[] {
  const was = before === undefined ? undefined : conditionOf(before, "Stalled");
  const is = conditionOf(now, "Stalled");
  if (is === undefined) return [];
  if (is.holds && !(was?.holds === true && was.reason === is.reason)) {
    return [{ type: "group.stalled", group, actor: MUSTER, cause, message: is.message }];
  }
  if (was?.holds === true && !is.holds) {
    return [
      {
        ...{ type: "group.resumed", group, actor: MUSTER, cause },
        message: `goes on; it had been held up: ${withoutAdvice(was.message)}`,
      },
    ];
  }
  return [];
}

/** What was to be done about it then is of no use any more. */
function withoutAdvice(message: string): string {
  return message.replaceAll(/; `muster [^`]*`[^;]*/g, "");
}

/** Members that the last look showed and this one does not, though nobody here destroyed them. */
export function eventsOfVanishing(
  group: string,
  before: ReadonlySet<string>,
  now: ReadonlySet<string>,
  destroyed: ReadonlySet<string>,
): EventDraft[] {
  return [...before]
    .filter((id) => !now.has(id) && !destroyed.has(id))
    .map((id) => ({
      type: "instance.vanished",
      group,
      actor: MUSTER,
      cause: "corrective",
      message: `${id} is gone, and nobody here destroyed it`,
      instance: id,
    }));
}
