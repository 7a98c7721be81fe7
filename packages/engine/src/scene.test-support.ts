import { PASS, type Verdict } from "@muster/model";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import { emptyMemory, type Memory, type Outcome, record } from "./memory.ts";
import { type Policy, policyOf } from "./policy.ts";
import { type Decided, reconcile } from "./reconcile.ts";

export const LOCAL: Traits = { settleMs: 0, local: true };
export const REMOTE: Traits = { settleMs: 60_000, local: false };

/** Nothing declared, and no waits but the deadlines. */
export const POLICY: Policy = policyOf(
  { slots: { kind: "numbered", size: 3 }, rollout: {}, repair: {} },
  { local: true, exclusive: false },
);

/** The policy with some of its rollout changed. */
export function rollout(changes: Partial<Policy["rollout"]>): Policy["rollout"] {
  return { ...POLICY.rollout, ...changes };
}

export function group(changes: Partial<DeclaredGroup> = {}): DeclaredGroup {
  return {
    ...POLICY,
    stack: "shop",
    name: "web",
    generation: 1,
    goal: "keep",
    slots: { kind: "numbered", size: 3 },
    version: "declared",
    revision: "r1",
    changeable: {},
    restarting: [],
    former: undefined,
    steered: { reverted: false, promoted: false, retriedIn: 0 },
    ...changes,
  };
}

export function member(
  id: string,
  changes: { slot?: string; revision?: string; intent?: string } & Partial<Seen> = {},
): Seen {
  const { slot = id, revision = "r1", intent = `intent-${id}`, ...rest } = changes;
  const mark = { stack: "shop", owner: "web", slot, intent, revision };
  return { id, mark, tags: {}, phase: "running", properties: {}, since: 0, ...rest };
}

export function look(members: readonly Seen[], startedAt: number, verdicts: Record<string, Verdict> = {}): GoodLook {
  const all = new Map<string, Verdict>(members.map(({ id }) => [id, PASS]));
  for (const [id, verdict] of Object.entries(verdicts)) all.set(id, verdict);
  return { kind: "seen", startedAt, members, verdicts: all };
}

/** A group driven pass by pass, as the runtime would: outcomes are recorded before the look begins. */
export function driven(declared: DeclaredGroup, traits: Traits, start: Memory = emptyMemory()) {
  let memory = start;
  let passes = 0;
  return {
    memory: () => memory,
    pass(
      now: number,
      members: readonly Seen[],
      options: { outcomes?: Outcome[]; verdicts?: Record<string, Verdict>; declared?: DeclaredGroup } = {},
    ): Decided {
      memory = record(memory, options.outcomes ?? []);
      const decided = reconcile({
        declared: options.declared ?? declared,
        traits,
        look: look(members, now, options.verdicts),
        memory,
        now,
        nonce: `pass-${passes++}`,
      });
      memory = decided.memory;
      return decided;
    },
  };
}
