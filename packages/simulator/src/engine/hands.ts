/** Carries out what was decided, as the runtime does, without a promise: prepared or drained first, and only what is still meant. */
import type { Action, Outcome, Seen } from "@muster/engine";
import { type JsonObject, musterMarks, type Tags } from "@muster/model";
import { type Acted, CALL_MS, changed, outcomeOfFailure } from "@muster/runtime/rules";
import { beginCall, type Subject } from "../calls.ts";
import type { Life } from "../crash.ts";
import { STACK } from "../grammar.ts";
import type { Stage } from "../stage.ts";

/** What is acted on. */
export interface Acting {
  readonly name: string;
  /** What members of a version are made of. */
  propertiesOf(version: "declared" | "former"): JsonObject;
}

/** What takes a while before a call may take so long. */
const LONGEST_PREPARATION_MS = 30_000;

/**
 * @param seen the member that the action is about
 * @param isMeant asked right before the call: what it says no to is not begun
 * @param done told once, unless the life ends before
 */
export function carryOut(
  stage: Stage,
  life: Life,
  group: Acting,
  action: Action,
  seen: Seen | undefined,
  isMeant: () => boolean,
  done: (acted: Acted) => void,
): void {
  const { clock, random } = stage;
  const { intent, kind } = action;
  if (random.chance(stage.faults().slow)) life.clock.after(random.between(0, LONGEST_PREPARATION_MS), begin);
  else begin();

  function begin(): void {
    const subject = subjectOf(stage, group, action, seen);
    if (!isMeant()) end({ kind: "dropped", intent, at: clock.now() });
    else if (subject === undefined) fail("retryable", "it is not there any more");
    else life.goOn(kind, () => call(subject));
  }

  function call(subject: Subject): void {
    let isOver = false;
    let cancel: (() => void) | undefined;
    const once = (ended: () => void) => {
      if (isOver) return;
      isOver = true;
      cancel?.();
      // Its answer may find Muster stopped, or be the last thing that it hears.
      life.goOn(`${kind} answered`, ended);
    };
    beginCall(stage, life, kind, subject, (how, id) =>
      once(() => {
        if (how === "done") end({ kind: "done", intent, instance: id, at: clock.now() });
        else fail(how, `the call ended: ${how}`);
      }),
    );
    cancel = life.clock.after(subject.since + CALL_MS - clock.now(), () =>
      once(() => fail("unknown", `the ${kind} was not answered`)),
    );
  }

  function fail(how: Parameters<typeof outcomeOfFailure>[1]["kind"], message: string): void {
    end(outcomeOfFailure(intent, { kind: how, message }, clock.now()));
  }

  function end(outcome: Outcome): void {
    done({ action, outcome });
  }
}

function subjectOf(
  { world, clock }: Stage,
  { name, propertiesOf }: Acting,
  action: Action,
  seen: Seen | undefined,
): Subject | undefined {
  const since = clock.now();
  switch (action.kind) {
    case "create":
      return { id: "", tags: tagsOf(name, action), want: propertiesOf(action.version), since };
    case "update":
      return seen && { id: seen.id, tags: seen.tags, want: changed(seen, action), since };
    case "destroy":
      return { id: action.instance, tags: world.thing(action.instance)?.tags ?? {}, since };
  }
}

function tagsOf(owner: string, { slot, intent, revision }: Extract<Action, { kind: "create" }>): Tags {
  return musterMarks.write({ stack: STACK, owner, slot, intent, revision });
}
