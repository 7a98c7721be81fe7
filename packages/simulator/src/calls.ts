/** Calls that change the world: each as its fate has it, and as far as its caller lives. */
import type { JsonObject, Tags } from "@muster/model";
import type { FailureKind } from "@muster/plugin";
import type { Life } from "./crash.ts";
import { afflict } from "./disasters.ts";
import { type Fate, fateOf, GIVEN_UP_MS, startOf } from "./faults.ts";
import type { Verb } from "./happening.ts";
import type { Stage } from "./stage.ts";

/** What a call is about, and since when its caller waits. */
export interface Subject {
  readonly id: string;
  readonly tags: Tags;
  readonly want?: JsonObject;
  readonly since: number;
}

/** How a call was answered, and about which thing. */
export type Answered = (how: "done" | FailureKind, id: string) => void;

/** @param answered never called where the call is not answered, or its caller has died */
export function beginCall(
  stage: Stage,
  life: Life,
  verb: Verb,
  { since, ...subject }: Subject,
  answered: Answered,
): void {
  const { clock, random, traits, tell } = stage;
  const number = stage.nextCall();
  const patienceMs = since + GIVEN_UP_MS - clock.now();
  const fate = fateIn(stage, verb, subject.want, patienceMs);
  tell({ kind: "called", life: life.number, call: number, verb, ...subject });
  let made = subject.id;
  let taken = fate.takesAfter === undefined;
  let isOver = false;
  const take = () => {
    taken = true;
    const { id, idle } = carryOut(stage, verb, subject, fate.lagMs);
    made = id;
    tell({ kind: "took", call: number, verb, id, idle });
  };
  const cancel = fate.takesAfter === undefined ? () => undefined : clock.after(fate.takesAfter, take);
  const unlisten = life.onEnd(() => {
    if (isOver) return;
    isOver = true;
    // The caller has died: what was sent is done soon, or never.
    cancel();
    const late = !taken && random.chance(0.5);
    tell({ kind: "abandoned", call: number, late });
    if (late) clock.after(random.between(0, Math.max(0, traits.settleMs - fate.lagMs)), take);
  });
  if (fate.answersAfter === Number.POSITIVE_INFINITY) {
    clock.after(patienceMs, () => {
      unlisten();
      if (isOver) return;
      isOver = true;
      tell({ kind: "abandoned", call: number, late: !taken });
    });
    return;
  }
  clock.after(fate.answersAfter, () => {
    unlisten();
    if (isOver) return;
    isOver = true;
    tell({ kind: "answered", call: number, how: fate.how, late: !taken });
    answered(fate.how, made);
  });
}

/** The change itself; `idle` where there was nothing to change any more. */
function carryOut(
  stage: Stage,
  verb: Verb,
  { id, tags, want = {} }: Omit<Subject, "since">,
  lagMs: number,
): { readonly id: string; readonly idle: boolean } {
  const { world, clock, random } = stage;
  const at = clock.now();
  switch (verb) {
    case "create": {
      const isUseless = stage.ailmentOf(want["image"])?.kind === "never-up";
      const readyAt = isUseless ? Number.POSITIVE_INFINITY : at + startOf(stage.faults(), random);
      const made = world.make(tags, want, { readyAt, listedFrom: at + lagMs });
      afflict(stage, made.id);
      return { id: made.id, idle: false };
    }
    case "update":
      return { id, idle: !world.change(id, want, at + lagMs) };
    case "destroy":
      return { id, idle: !world.end(id, "muster", at + lagMs) };
  }
}

function fateIn(stage: Stage, verb: Verb, want: JsonObject | undefined, patienceMs: number): Fate {
  const fate = fateOf(stage.faults(), stage.random, stage.traits.settleMs, patienceMs);
  if (verb !== "create") return fate;
  const answersAfter = Math.min(fate.answersAfter, GIVEN_UP_MS / 2);
  const refused = { answersAfter, takesAfter: undefined, lagMs: 0 };
  if (stage.ailmentOf(want?.["image"])?.kind === "refused") return { ...refused, how: "invalid" };
  return stage.isCrowded() ? { ...refused, how: "no-space" } : fate;
}
