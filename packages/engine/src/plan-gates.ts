/** What a change waits for that does not come by itself, or not soon: a person, time, another declaration. */
import { durationText, type PlanGate, slotCount } from "@muster/model";
import { isNew } from "./aim.ts";
import { type DeclaredGroup, placeOf } from "./declared.ts";
import type { Memory } from "./memory.ts";

export interface Gateway {
  readonly gate: PlanGate;
  /** The group as it is when the gate has been passed. */
  readonly beyond: DeclaredGroup;
}

/** Where a group stands still now, with everything done that can be. */
export function gatewayAt(declared: DeclaredGroup, memory: Memory): Gateway | undefined {
  const { goal, generation, steered } = declared;
  switch (goal) {
    case "destroy":
      return undefined;
    case "observe": {
      const message = "only observed: nothing of this is done until the stack is declared with `mode: enforce`";
      return { gate: { kind: "enforce", message }, beyond: { ...declared, goal: "keep" } };
    }
    case "pause": {
      const message = `paused: this waits for \`muster group resume ${placeOf(declared)}\``;
      const next = { generation: generation + 1, steered: { ...steered, retriedIn: generation + 1 } };
      return { gate: { kind: "resume", message }, beyond: { ...declared, ...next, goal: "keep" } };
    }
    case "keep":
      return isTryingCanaries(declared, memory) ? canaryGateway(declared) : undefined;
  }
}

/** The canaries are all there and healthy. */
function isTryingCanaries(declared: DeclaredGroup, memory: Memory): boolean {
  return hasCanaries(declared, memory) && memory.rollout?.canariesAt !== null;
}

/** When time promotes the canaries that are there, in ms since 1970; undefined where it does not. */
export function bakedAt(declared: DeclaredGroup, memory: Memory): number | undefined {
  const { bakeMs } = declared.rollout;
  const since = memory.rollout?.canariesAt ?? null;
  return since === null || bakeMs === null || !hasCanaries(declared, memory) ? undefined : since + bakeMs;
}

/** The canaries come first, and are not promoted yet. */
export function hasCanaries(
  { rollout: policy, slots, former, ...version }: DeclaredGroup,
  { rollout }: Memory,
): boolean {
  if (policy.canary === 0 || policy.canary >= slotCount(slots) || !isNew(version, former)) return false;
  return rollout?.changing === true && !rollout.promoted;
}

export function canaryGateway(declared: DeclaredGroup): Gateway {
  const { canary, bakeMs } = declared.rollout;
  const beyond = { ...declared, steered: { ...declared.steered, promoted: true } };
  const who = canary === 1 ? "the canary" : `the ${canary} canaries`;
  if (bakeMs !== null) {
    const has = canary === 1 ? "has" : "have";
    return { gate: { kind: "bake", message: `when ${who} ${has} been healthy for ${durationText(bakeMs)}` }, beyond };
  }
  const place = placeOf(declared);
  const then = `\`muster group promote ${place}\` goes on, \`muster group revert ${place}\` goes back`;
  return {
    gate: { kind: "promotion", message: `when ${who} ${canary === 1 ? "is" : "are"} promoted: ${then}` },
    beyond,
  };
}
