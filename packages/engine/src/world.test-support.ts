import {
  conditionOf,
  isConverged,
  type JsonObject,
  PASS,
  resolveSelf,
  type Status,
  slotCount,
  type Verdict,
} from "@muster/model";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import { emptyMemory, type Memory, type Outcome, record } from "./memory.ts";
import { type Decided, reconcile } from "./reconcile.ts";
import { group, LOCAL, member } from "./scene.test-support.ts";
import { selfOf } from "./self.ts";
import type { Action } from "./step.ts";

export const fail = { kind: "fail", reason: "500" } as const satisfies Verdict;
export const unknown = { kind: "unknown", reason: "no answer" } as const satisfies Verdict;

export interface WorldOptions {
  readonly traits?: Traits;
  readonly members?: readonly Seen[];
  /** How a member does at this time; well, where nothing is said. */
  readonly health?: (member: Seen, now: number) => Verdict;
  /** Whether a member runs no more, though it is there. */
  readonly ended?: (member: Seen, now: number) => boolean;
  /** Why a call is refused; undefined: it is done. */
  readonly refuses?: (action: Action, now: number) => string | undefined;
  /** Whether a call is answered as done and has no effect. */
  readonly pretends?: (action: Action, now: number) => boolean;
  /** What is kept of what an update asks for; all of it, where nothing is said. */
  readonly writes?: (changes: JsonObject) => JsonObject;
  /** Whom a list shows of those that are there; all of them, where nothing is said. */
  readonly lists?: (members: readonly Seen[], now: number) => readonly Seen[];
  /** So long after its call a new member is listed. */
  readonly lagMs?: number;
  /** How long everything that is begun in a pass takes. */
  readonly callMs?: number;
}

/**
 * A small world that carries out what is decided: creates appear, destroys vanish, and everybody is as healthy as the test
 * has it. Time passes as the engine asks for it. Memory goes through JSON between any two passes, as through a restart.
 */
export function world(first: DeclaredGroup, options: WorldOptions = {}) {
  const { traits = LOCAL, health = () => PASS, refuses = () => undefined, lagMs = 0, callMs = 10 } = options;
  const { ended = () => false, pretends = () => false, writes = (changes) => changes, lists = (all) => all } = options;
  let declared = first;
  let members: readonly Seen[] = options.members ?? [];
  let memory = emptyMemory();
  let outcomes: Outcome[] = [];
  let now = 1_000_000;
  let passes = 0;
  let last: Decided | undefined;
  const told: string[] = [];
  const messages: string[] = [];
  const stalls: string[] = [];
  const done: Action[] = [];

  const listed = () =>
    lists(
      members.filter(({ since }) => since === 0 || now >= since + lagMs),
      now,
    ).map((each): Seen => (ended(each, now) ? { ...each, phase: "ended" } : each));

  const verdictOn = (each: Seen) => (ended(each, now) ? fail : health(each, now));

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
    if (pretends(action, now)) return;
    switch (action.kind) {
      case "create": {
        const { slot, revision } = action;
        const { changeable } = action.version === "declared" ? declared : (declared.former ?? declared);
        const properties = resolveSelf(changeable, selfOf(declared, { slot, intent }));
        members = [...members, member(instance, { slot, revision, intent, properties, since: now })];
        return;
      }
      case "update":
        members = members.map((each) =>
          each.id === instance ? { ...each, properties: { ...each.properties, ...writes(action.changes) } } : each,
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
      const verdicts = new Map(members.map((each) => [each.id, verdictOn(each)]));
      const seen: GoodLook = { kind: "seen", startedAt: now, members: listed(), verdicts };
      last = reconcile({ declared, traits, look: seen, memory, now, nonce: `pass-${passes++}` });
      memory = last.memory;
      told.push(...last.decisions.map(({ type }) => type));
      messages.push(...last.decisions.map(({ message }) => message));
      stalls.push(...[stalledBy(last.status)].filter((each) => each !== undefined));
      now += callMs;
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
        const seen = new Map(members.map((each) => [each.id, verdictOn(each)]));
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
    /** What they said, since the world began. */
    messages: () => messages,
    /** Why it was stalled, pass by pass. */
    stalls: () => stalls,
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

/** A group of r1 that has been converged, and is now declared as r2. */
export function changed(size: number, to: Partial<DeclaredGroup> = {}, options: WorldOptions = {}) {
  const web = world(group({ slots: { kind: "numbered", size } }), { members: crew(size), ...options });
  web.converge();
  web.told().length = 0;
  web.declare({ revision: "r2", former: former(), ...to });
  return web;
}

export function phaseOf({ status }: Decided) {
  return status.rollout?.phase;
}

/** Why the group is stalled; undefined where it is not. */
export function stalledBy(status: Status): string | undefined {
  const stalled = conditionOf(status, "Stalled");
  return stalled?.holds === true ? stalled.reason : undefined;
}
