/** Muster broken on purpose, in one way each: a simulator that did not notice would prove nothing. */
import { type Action, type Decided, type Memory, reconcile, type Situation } from "@muster/engine";
import { isObject } from "@muster/model";
import type { Store } from "@muster/store";
import { describe, expect, it } from "vitest";
import { type Options, simulate } from "./simulate.ts";

interface Mutant {
  readonly does: string;
  /** The beginning of the name of the invariant that notices. */
  readonly breaks: string;
  readonly parts: Options;
}

const MOST_SEEDS = 400;

const mutants: readonly Mutant[] = [
  {
    does: "destroys a thing that bears somebody else's mark",
    breaks: "1 nothing foreign",
    parts: { decide: (situation) => alsoDestroying(reconcile(situation), "i-00003", situation.now) },
  },
  {
    does: "does not wait for a lagging list",
    breaks: "2 no create is repeated",
    parts: { decide: withTraits({ settleMs: 0 }) },
  },
  {
    does: "forgets after a crash what was under way",
    breaks: "2 no create is repeated",
    parts: { store: (store) => ({ ...store, memory: async (...of) => withoutCalls(await store.memory(...of)) }) },
  },
  {
    does: "takes too many away at once",
    breaks: "3 never too few healthy members",
    parts: { decide: withRollout({ maxUnavailable: 3, maxSurge: 1 }) },
  },
  {
    does: "makes too many at once",
    breaks: "3 never a create above",
    parts: { decide: withRollout({ maxUnavailable: 0, maxSurge: 9 }) },
  },
  {
    does: "repairs though the breaker should hold",
    breaks: "4 repair stays within",
    parts: { decide: (situation) => reconcile(withOneFailing(situation)) },
  },
  {
    does: "destroys a healthy member for no reason",
    breaks: "4 repair stays within",
    parts: {
      decide: (situation) => {
        const [first] = situation.look.kind === "seen" ? situation.look.members : [];
        const decided = reconcile(situation);
        return first === undefined ? decided : alsoDestroying(decided, first.id, situation.now);
      },
    },
  },
  {
    does: "decides to make something and does not do it",
    breaks: "5 it converges",
    parts: {
      decide: (situation) => {
        const decided = reconcile(situation);
        return { ...decided, actions: decided.actions.filter(({ slot }) => slot !== "2") };
      },
    },
  },
  {
    does: "never falls quiet",
    breaks: "5 it converges",
    parts: {
      decide: (situation) => {
        const decided = reconcile(situation);
        // The same memory, which looks like another one: it is written at every look.
        return { ...decided, memory: { ...decided.memory } };
      },
    },
  },
  {
    does: "says converged when it is not",
    breaks: "5 Converged is true",
    parts: { decide: (situation) => sayingConverged(reconcile(situation)) },
  },
  {
    does: "acts without telling why",
    breaks: "6 every action has an event",
    parts: { decide: (situation) => ({ ...reconcile(situation), decisions: [] }) },
  },
  {
    does: "loses the events of what it destroyed",
    breaks: "6 every action has an event",
    parts: { store: (store) => losing(store, "instance.destroyed") },
  },
  {
    does: "acts before it has written down what it is about to do",
    breaks: "6 every action has an event",
    parts: {
      store: (store) => ({ ...store, write: (lease, { memory: _, ...rest }, now) => store.write(lease, rest, now) }),
    },
  },
  {
    does: "calls everything intentional",
    breaks: "6 every event has its true cause",
    parts: { decide: (situation) => reconcile({ ...situation, memory: { ...situation.memory, convergedAs: null } }) },
  },
];

describe("the simulator notices a Muster that", () => {
  it.each(mutants)("$does", async ({ breaks, parts }) => {
    expect(await seedThatNotices(breaks, parts)).toBeDefined();
  });
});

/** The first seed whose run violates the invariant; what else it violates does not count. */
async function seedThatNotices(invariant: string, parts: Options): Promise<number | undefined> {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const { violations } = await simulate(String(seed), parts);
    if (violations.some((violation) => violation.invariant.startsWith(invariant))) return seed;
  }
  return undefined;
}

function withTraits(traits: Partial<Situation["traits"]>) {
  return (situation: Situation) => reconcile({ ...situation, traits: { ...situation.traits, ...traits } });
}

function withRollout(changes: Partial<Situation["declared"]["rollout"]>) {
  return (situation: Situation) => {
    const rollout = { ...situation.declared.rollout, ...changes };
    return reconcile({ ...situation, declared: { ...situation.declared, rollout } });
  };
}

/** As decided, and one destroy more, written down as it should be. */
function alsoDestroying(decided: Decided, instance: string, now: number): Decided {
  if (decided.memory.calls.some((call) => call.instance === instance)) return decided;
  const common = { intent: `mutant ${instance} ${now}`, slot: "0", cause: decided.cause, why: "mutant" };
  const action: Action = { ...common, kind: "destroy", instance };
  const call: Memory["calls"][number] = {
    ...common,
    kind: "destroy",
    revision: "",
    at: now,
    attempt: 1,
    instance,
    state: { kind: "called" },
  };
  const told = { type: "group.decided", cause: decided.cause, message: "a mutant's doing" } as const;
  return {
    ...decided,
    actions: [...decided.actions, action],
    memory: { ...decided.memory, calls: [...decided.memory.calls, call] },
    decisions: [...decided.decisions, told],
  };
}

/** Only the first failing member is shown as failing. */
function withOneFailing(situation: Situation): Situation {
  const { look } = situation;
  if (look.kind === "failed") return situation;
  const failing = [...look.verdicts].filter(([, verdict]) => verdict.kind === "fail").slice(1);
  const verdicts = new Map([...look.verdicts, ...failing.map(([id]) => [id, { kind: "pass" }] as const)]);
  return { ...situation, look: { ...look, verdicts } };
}

function sayingConverged(decided: Decided): Decided {
  const conditions = decided.status.conditions.map((condition) =>
    condition.name === "Converged" ? { ...condition, holds: true } : condition,
  );
  return { ...decided, status: { ...decided.status, conditions } };
}

function withoutCalls(memory: Awaited<ReturnType<Store["memory"]>>): typeof memory {
  return isObject(memory) ? { ...memory, calls: [] } : memory;
}

function losing(store: Store, type: string): Store {
  return {
    ...store,
    write: (lease, { events = [], ...rest }, now) =>
      store.write(lease, { ...rest, events: events.filter((event) => event.type !== type) }, now),
  };
}
