/** What lies beyond what is imagined singly, by reckoning: it goes on as it began, with the same budget. */
import { type StepEffect, slotCount } from "@muster/model";
import { aimOf } from "./aim.ts";
import { restarts, whyChanged } from "./amend.ts";
import { arrivingCount, type Census, takeCensus } from "./census.ts";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { Memory } from "./memory.ts";
import { canaryGateway, gatewayAt, hasCanaries } from "./plan-gates.ts";
import type { StepsToCome } from "./plan-steps.ts";
import type { ImaginedWorld } from "./plan-world.ts";
import { settle } from "./settle.ts";

/** Where the imagining was left off. */
export interface LeftOff {
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  readonly world: ImaginedWorld;
  readonly coming: StepsToCome;
  readonly memory: Memory;
  readonly now: number;
}

/**
 * Adds the rest to the steps: nothing of it is left out, and none of its members is named. Answers how many of them may be
 * away at a time.
 */
export function tellTheRest({ declared, traits, world, coming, memory, now }: LeftOff): number {
  const { group } = aimOf(declared, memory);
  const look = world.look(now);
  const settled = settle(memory.calls, look, traits.settleMs, group);
  const census = takeCensus({ declared: group, look, settled, memory, now });
  const { replaced, created, destroyed } = moves(group, census, coming);
  coming.more("create", "missing", created, group.repair.createsPerHour);
  coming.more("destroy", "surplus", destroyed, destroyed);
  const changes = [{ effect: "replace", why: "outdated", count: replaced } as const, ...amendments(group, census)];
  const { maxUnavailable, maxSurge } = group.rollout;
  const budget = maxUnavailable + maxSurge;
  if (hasCanaries(group, memory)) {
    const canaries = Math.max(0, group.rollout.canary - arrivingCount(census, group.revision));
    const first = takeFrom(changes, canaries);
    for (const { effect, why, count } of first) coming.more(effect, why, count, budget);
    coming.gate(canaryGateway(group).gate);
  } else {
    const ahead = gatewayAt(group, memory);
    if (ahead !== undefined) coming.gate(ahead.gate);
  }
  for (const { effect, why, count } of changes) coming.more(effect, why, count, budget);
  const disturbed = changes.filter(({ effect }) => effect !== "in-place").reduce((sum, { count }) => sum + count, 0);
  return Math.min(maxUnavailable, disturbed);
}

interface Moves {
  readonly replaced: number;
  readonly created: number;
  readonly destroyed: number;
}

/** How many still have to go and to come; one that goes and one that comes are one that is replaced. */
function moves(declared: DeclaredGroup, { living }: Census, coming: StepsToCome): Moves {
  const size = declared.goal === "destroy" ? 0 : slotCount(declared.slots);
  const going = living.filter((member) => !member.placed || !member.current).length;
  const staying = living.length - going;
  const destroys = going + Math.max(0, staying - size);
  const creates = Math.max(0, size - staying);
  const { emptied, doubled } = coming.open();
  coming.close(Math.min(emptied, creates), Math.min(doubled, destroys));
  const gone = Math.max(0, destroys - doubled);
  const made = Math.max(0, creates - emptied);
  const replaced = Math.min(gone, made);
  return { replaced, created: made - replaced, destroyed: gone - replaced };
}

interface Alike {
  readonly effect: StepEffect;
  readonly why: string;
  count: number;
}

function amendments(declared: DeclaredGroup, { living }: Census): readonly Alike[] {
  const found = new Map<string, Alike>();
  for (const { changes } of living) {
    if (changes === undefined) continue;
    const effect = restarts(declared, changes) ? "restart" : "in-place";
    const why = whyChanged(changes);
    const key = `${effect} ${why}`;
    const alike = found.get(key) ?? { effect, why, count: 0 };
    alike.count++;
    found.set(key, alike);
  }
  return [...found.values()];
}

/** So many of them, the first ones first; they are not among the others any more. */
function takeFrom(all: readonly Alike[], count: number): readonly Alike[] {
  let left = count;
  return all.map((alike) => {
    const taken = Math.min(left, alike.count);
    left -= taken;
    alike.count -= taken;
    return { ...alike, count: taken };
  });
}
