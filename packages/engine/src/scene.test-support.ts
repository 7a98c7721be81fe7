import { isConverged, PASS, resolveSelf, slotCount, type Verdict } from "@muster/model";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import { emptyMemory, type Memory, type Outcome, record } from "./memory.ts";
import { type Policy, policyOf } from "./policy.ts";
import { type Decided, reconcile } from "./reconcile.ts";
import { selfOf } from "./self.ts";
import type { Action } from "./step.ts";

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

export const fail = { kind: "fail", reason: "500" } as const satisfies Verdict;
export const unknown = { kind: "unknown", reason: "no answer" } as const satisfies Verdict;

export interface WorldOptions {
  readonly traits?: Traits;
  readonly members?: readonly Seen[];
  /** How a member does at this time; well, where nothing is said. */
  readonly health?: (member: Seen, now: number) => Verdict;
  /** Why a call is refused; undefined: it is done. */
  readonly refuses?: (action: Action, now: number) => string | undefined;
  /** So long after its call a new member is listed. */
  readonly lagMs?: number;
}

/**
 * A small world that carries out what is decided: creates appear, destroys vanish, and everybody is as healthy as the test
 * has it. Time passes as the engine asks for it. Memory goes through JSON between any two passes, as through a restart.
 */
export function world(first: DeclaredGroup, options: WorldOptions = {}) {
  const { traits = LOCAL, health = () => PASS, refuses = () => undefined, lagMs = 0 } = options;
  let declared = first;
  let members: readonly Seen[] = options.members ?? [];
  let memory = emptyMemory();
  let outcomes: Outcome[] = [];
  let now = 1_000_000;
  let passes = 0;
  let last: Decided | undefined;
  const told: string[] = [];
  const done: Action[] = [];

  const listed = () => members.filter(({ since }) => since === 0 || now >= since + lagMs);

  function carryOut(action: Action): void {
    const { intent } = action;
    const reason = refuses(action, now);
    if (reason !== undefined) {
      outcomes.push({ kind: "failed", intent, reason, at: now });
      return;
    }
    const instance = action.kind === "create" ? `m${done.length}` : action.instance;
    outcomes.push({ kind: "done", intent, instance, at: now });
    done.push(action);
    switch (action.kind) {
      case "create": {
        const { slot, revision } = action;
        const { changeable } = action.version === "declared" ? declared : (declared.former ?? declared);
        const properties = resolveSelf(changeable, selfOf(declared, slot, intent));
        members = [...members, member(instance, { slot, revision, intent, properties, since: now })];
        return;
      }
      case "update":
        members = members.map((each) =>
          each.id === instance ? { ...each, properties: { ...each.properties, ...action.changes } } : each,
        );
        return;
      case "destroy":
        members = members.filter(({ id }) => id !== instance);
    }
  }

  return {
    /** One pass. What it decided is done a moment later. */
    pass(): Decided {
      memory = record(JSON.parse(JSON.stringify(memory)), outcomes);
      outcomes = [];
      const verdicts = new Map(members.map((each) => [each.id, health(each, now)]));
      const seen: GoodLook = { kind: "seen", startedAt: now, members: listed(), verdicts };
      last = reconcile({ declared, traits, look: seen, memory, now, nonce: `pass-${passes++}` });
      memory = last.memory;
      told.push(...last.decisions.map(({ type }) => type));
      now += 10;
      for (const action of last.actions) carryOut(action);
      if (last.actions.length === 0) now = Math.max(now, Math.min(last.wakeAt ?? now + 30_000, now + 30_000));
      return last;
    },
    /** A pass on a look that failed. */
    blind(ms: number): Decided {
      now += ms;
      const seen = { kind: "failed", startedAt: now, reason: "unavailable", message: "no answer" } as const;
      last = reconcile({ declared, traits, look: seen, memory, now, nonce: `pass-${passes++}` });
      memory = last.memory;
      told.push(...last.decisions.map(({ type }) => type));
      return last;
    },
    /** Pass after pass until it is so. Throws when it never is. */
    until(isSo: (decided: Decided) => boolean, most = 400): Decided {
      for (let pass = 0; pass < most; pass++) {
        const decided = this.pass();
        if (isSo(decided)) return decided;
      }
      throw new Error(`it never came to that: ${JSON.stringify(last?.status)}`);
    },
    converge(): Decided {
      return this.until(({ status }) => isConverged(status));
    },
    /** Pass after pass for so long. */
    during(ms: number): Decided {
      const end = now + ms;
      while (now < end) this.pass();
      return this.pass();
    },
    /** Passes until two in a row did nothing and remembered nothing new: whoever never gets there writes for ever. */
    rest(most = 400): Decided {
      for (let pass = 0; pass < most; pass++) {
        const { actions } = this.pass();
        const before = record(memory, outcomes);
        const seen = new Map(members.map((each) => [each.id, health(each, now)]));
        const again = reconcile({
          ...{ declared, traits, memory: before, now, nonce: "again" },
          look: { kind: "seen", startedAt: now, members: listed().toReversed(), verdicts: seen },
        });
        if (actions.length === 0 && again.actions.length === 0 && again.memory === before) return again;
      }
      throw new Error("it never comes to rest");
    },
    declare(changes: Partial<DeclaredGroup>): void {
      declared = { ...declared, generation: declared.generation + 1, ...changes };
    },
    steer(changes: Partial<DeclaredGroup["steered"]>): void {
      declared = {
        ...declared,
        generation: declared.generation + 1,
        steered: { ...declared.steered, ...changes },
      };
    },
    /** Somebody else does away with these. */
    kill(...ids: string[]): void {
      members = members.filter(({ id }) => !ids.includes(id));
    },
    wait(ms: number): void {
      now += ms;
    },
    now: () => now,
    members: () => members,
    memory: () => memory,
    remember(changes: Partial<Memory>): void {
      memory = { ...memory, ...changes };
    },
    ids: () => members.map(({ id }) => id),
    /** How many there are of each revision: `r1 r1 r2`. */
    revisions: () =>
      members
        .map(({ mark }) => mark.revision)
        .toSorted()
        .join(" "),
    /** Types of the events so far, and the actions that were done. */
    told: () => told,
    done: () => done,
    creates: () => done.filter(({ kind }) => kind === "create").length,
    passes: () => passes,
    size: () => slotCount(declared.slots),
  };
}

/** As many members of a revision as the size says. */
export function crew(size: number, revision = "r1", properties: Seen["properties"] = {}): readonly Seen[] {
  return Array.from({ length: size }, (_, index) => member(String(index), { revision, properties }));
}

/** A version that a group can go back to. */
export function former(revision = "r1", changeable: DeclaredGroup["changeable"] = {}) {
  return { version: "former", revision, changeable, restarting: [] } as const;
}
