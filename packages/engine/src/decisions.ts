import { type Cause, type EventType, slotCount } from "@muster/model";
import { amendment } from "./amend.ts";
import { wasConverged } from "./declared.ts";
import type { Settled } from "./settle.ts";
import type { Scene, Wish } from "./step.ts";

/** What was decided or found out, for the history. */
export interface Decision {
  readonly type: Extract<
    EventType,
    "group.decided" | "group.converged" | "instance.created" | "instance.updated" | "instance.destroyed"
  >;
  readonly cause: Cause;
  readonly message: string;
  readonly instance?: string;
  readonly slot?: string;
}

export function decisionsOf(scene: Scene, settled: Settled, wishes: readonly Wish[], converged: boolean): Decision[] {
  const { cause, declared, memory } = scene;
  const decisions: Decision[] = settled.found
    .filter(({ call, instance }) => call.kind !== "update" || isAsDeclared(scene, instance))
    .map(({ call, instance }) => ({
      type: FOUND[call.kind].type,
      cause: call.cause,
      message: `${instance} is ${FOUND[call.kind].state}: the answer to its ${call.kind} had been lost`,
      instance,
      slot: call.slot,
    }));
  if (wishes.length > 0) decisions.push({ type: "group.decided", cause, message: sentence(scene, wishes) });
  // Said once for each declaration, and again whenever something had to be put right.
  if (converged && (memory.calls.length > 0 || !wasConverged(declared, memory))) {
    const count = declared.goal === "destroy" ? 0 : slotCount(declared.slots);
    decisions.push({ type: "group.converged", cause, message: `${count} of ${count} as declared` });
  }
  return decisions;
}

const FOUND = {
  create: { type: "instance.created", state: "there" },
  update: { type: "instance.updated", state: "as declared" },
  destroy: { type: "instance.destroyed", state: "gone" },
} as const;

function isAsDeclared({ declared, census }: Scene, instance: string): boolean {
  const member = census.living.find(({ seen }) => seen.id === instance);
  return member !== undefined && amendment(declared, member) === undefined;
}

/** `making 2 (missing), destroying instance-7 (outdated)`. */
function sentence({ census, declared }: Scene, wishes: readonly Wish[]): string {
  const counts = new Map<string, number>();
  for (const wish of wishes) {
    const what = `${VERBS[wish.kind]} # (${wish.why})`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const doing = [...counts].map(([what, count]) => what.replace("#", String(count))).join(", ");
  const size = declared.goal === "destroy" ? 0 : slotCount(declared.slots);
  return `${census.living.length} there, ${size} wanted: ${doing}`;
}

const VERBS = { create: "making", update: "changing", destroy: "destroying" } as const;
