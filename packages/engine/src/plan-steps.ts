/** Gathers what would be done, one action after another, into the steps that a person reads. */
import type { JsonObject, PlanGate, PlannedMember, PlanStep, StepEffect } from "@muster/model";
import type { Action } from "./step.ts";

/** What becomes of one place of the group. One that is emptied and filled again is one change of it. */
interface Change {
  effect: StepEffect;
  why: string;
  member: PlannedMember;
  readonly wave: number;
  readonly phase: number;
}

/** So many alike, of which nobody was imagined singly. */
interface Bulk {
  readonly effect: StepEffect;
  readonly why: string;
  readonly count: number;
  readonly atOnce: number;
  readonly phase: number;
}

export interface StepsToCome {
  /** What is begun together. `isReal`: the member is there, and not only imagined. */
  wave(actions: readonly Action[], restarts: (changes: JsonObject) => boolean, isReal: (id: string) => boolean): void;
  /** What follows waits for this. */
  gate(gate: PlanGate): void;
  /** More of the kind, beyond what was imagined. */
  more(effect: StepEffect, why: string, count: number, atOnce: number): void;
  /** Places that were emptied and not filled, and members that were made in the place of others that are still there. */
  open(): { readonly emptied: number; readonly doubled: number };
  /** Takes so many of those as replaced. */
  close(emptied: number, doubled: number): void;
  steps(): readonly PlanStep[];
}

/** How many members of a step are named. */
const NAMED = 10;

export function stepsToCome(): StepsToCome {
  const changes: Change[] = [];
  const bulks: Bulk[] = [];
  const gates = new Map<number, PlanGate>();
  const emptied = new Map<string, Change>();
  const doubled = new Set<Change>();
  let wave = 0;
  let phase = 0;

  function add(effect: StepEffect, why: string, member: PlannedMember): Change {
    const change = { effect, why, member, wave, phase };
    changes.push(change);
    return change;
  }

  function made({ slot, why, version }: Action & { readonly kind: "create" }): void {
    // A name comes back to its own place; numbers are all alike.
    const [place = slot] = emptied.has(slot) ? [slot] : emptied.keys();
    const before = emptied.get(place);
    emptied.delete(place);
    if (before !== undefined) before.effect = "replace";
    else if (why === "missing" || why === "replaced")
      add("create", version === "former" ? `${why}; made as before` : why, { slot });
    else doubled.add(add("create", why, { slot }));
  }

  function taken(action: Action & { readonly kind: "destroy" }, isReal: boolean): void {
    const { slot, why, instance } = action;
    const member = isReal ? { slot, id: instance } : { slot };
    if (!REPLACED.includes(why)) {
      add("destroy", why, member);
      return;
    }
    const [before] = doubled;
    if (before === undefined) {
      emptied.set(slot, add("destroy", why, member));
      return;
    }
    doubled.delete(before);
    // The one that is replaced is who a person knows.
    Object.assign(before, { effect: "replace", why, member });
  }

  /** Everything that can be done is done: who went and was followed by nobody was one too many, and so it stays. */
  function endPhase(): void {
    for (const change of emptied.values()) if (change.effect === "destroy") change.why = "surplus";
    emptied.clear();
    doubled.clear();
  }

  return {
    wave(actions, restarts, isReal) {
      wave++;
      for (const action of actions) {
        switch (action.kind) {
          case "create":
            made(action);
            break;
          case "update":
            add(restarts(action.changes) ? "restart" : "in-place", action.why, {
              slot: action.slot,
              id: action.instance,
            });
            break;
          case "destroy":
            taken(action, isReal(action.instance));
        }
      }
    },
    gate(gate) {
      endPhase();
      phase++;
      gates.set(phase, gate);
    },
    more(effect, why, count, atOnce) {
      if (count > 0) bulks.push({ effect, why, count, atOnce, phase });
    },
    open: () => ({ emptied: emptied.size, doubled: doubled.size }),
    close(empty, double) {
      for (const change of [...[...emptied.values()].slice(0, empty), ...[...doubled].slice(0, double)]) {
        change.effect = "replace";
      }
    },
    steps() {
      endPhase();
      return fold(changes, bulks, gates);
    },
  };
}

/** Whoever goes for one of these reasons is followed by another; what is too many is not. */
const REPLACED: readonly string[] = ["outdated", "unhealthy"];

interface Tally {
  readonly phase: number;
  readonly effect: StepEffect;
  readonly why: string;
  count: number;
  atOnce: number;
  readonly members: PlannedMember[];
  wave: number;
  inWave: number;
}

/** Alike ones of one phase are one step, in the place of their first. */
function fold(
  changes: readonly Change[],
  bulks: readonly Bulk[],
  gates: ReadonlyMap<number, PlanGate>,
): readonly PlanStep[] {
  const tallies = new Map<string, Tally>();
  function tallyOf({ phase, effect, why }: Pick<Tally, "phase" | "effect" | "why">): Tally {
    const key = `${phase} ${effect} ${why}`;
    const known = tallies.get(key);
    if (known !== undefined) return known;
    const tally: Tally = { phase, effect, why, count: 0, atOnce: 0, members: [], wave: -1, inWave: 0 };
    tallies.set(key, tally);
    return tally;
  }
  for (const change of changes) {
    const tally = tallyOf(change);
    tally.count++;
    tally.inWave = tally.wave === change.wave ? tally.inWave + 1 : 1;
    tally.wave = change.wave;
    tally.atOnce = Math.max(tally.atOnce, tally.inWave);
    if (tally.members.length < NAMED) tally.members.push(change.member);
  }
  for (const bulk of bulks) {
    const tally = tallyOf(bulk);
    tally.count += bulk.count;
    tally.atOnce = Math.max(tally.atOnce, Math.min(bulk.count, bulk.atOnce));
  }
  let told = 0;
  const inOrder = [...tallies.values()].toSorted((a, b) => a.phase - b.phase);
  return inOrder.map(({ phase, effect, count, atOnce, members, why }) => {
    const gate = phase > told ? gatesUpTo(gates, told, phase) : undefined;
    told = phase;
    return { effect, count, atOnce, members, why, ...(gate === undefined ? {} : { awaits: gate }) };
  });
}

/** A gate behind which nothing lies stands there all the same: whoever wants the step opens one after another. */
function gatesUpTo(gates: ReadonlyMap<number, PlanGate>, after: number, upTo: number): PlanGate | undefined {
  const between = [...gates].filter(([phase]) => phase > after && phase <= upTo).map(([, gate]) => gate);
  return between.reduceRight<PlanGate | undefined>(
    (then, gate) => (then === undefined ? gate : { ...gate, then }),
    undefined,
  );
}
