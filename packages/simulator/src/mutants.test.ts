/** Muster broken on purpose, in one way each: a simulator that did not notice would prove nothing. */
import { type Action, type Decided, type Memory, reconcile, type Situation } from "@muster/engine";
import { isObject, type Json } from "@muster/model";
import type { Store, Writes } from "@muster/store";
import { describe, expect, it } from "vitest";
import { type EngineOptions, simulateEngine } from "./engine/simulate.ts";
import type { Report } from "./run.ts";
import { type Options, simulate } from "./simulate.ts";

type Parts = Pick<EngineOptions, "decide" | "writes" | "recalled" | "unfenced">;

interface Mutant {
  readonly does: string;
  /** The beginning of the name of the invariant that notices. */
  readonly breaks: string;
  readonly parts: Parts;
  /** What it needs comes together seldom: it is looked for from this seed on. 1 unless told. */
  readonly from?: number;
}

const MOST_SEEDS = 1_000;
const MOST_ENGINE_SEEDS = 3_000;

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
    parts: { recalled: withoutCalls },
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
    parts: { writes: losing("instance.destroyed") },
  },
  {
    does: "acts before it has written down what it is about to do",
    breaks: "6 every action has an event",
    parts: { writes: ({ memory: _, ...rest }) => rest },
  },
  {
    does: "repairs more at once than it may",
    breaks: "4 repair stays within",
    parts: { decide: withRepair({ maxInFlight: 99 }) },
  },
  {
    does: "does not hold repair at the breaker's share",
    breaks: "4 repair stays within",
    parts: { decide: withRepair({ breakerShare: 1.01 }) },
    from: 700,
  },
  {
    does: "makes more in an hour than it may",
    breaks: "4 creates stay within the hour",
    parts: { decide: withRepair({ createsPerHour: 1_000_000 }) },
  },
  {
    does: "keeps nobody of a quarantined revision",
    breaks: "4 quarantine keeps one",
    parts: { decide: (situation) => alsoDestroyingWhoIsKept(reconcile(situation), situation) },
  },
  {
    does: "tries a quarantined revision as often as any other",
    breaks: "4 quarantine keeps one",
    parts: { decide: withMemory(({ quarantine }) => ({ quarantine: quarantine && { ...quarantine, againAt: 0 } })) },
  },
  {
    does: "gives a name to a second member",
    breaks: "3 names are unique",
    parts: { decide: (situation) => alsoMakingNamesake(reconcile(situation), situation) },
  },
  {
    does: "does not wait until a new member has been well for long enough",
    breaks: "3 never too few healthy members",
    parts: { decide: withRollout({ minReadyMs: 0 }) },
  },
  {
    does: "changes everybody without canaries",
    breaks: "policy: canaries go before",
    parts: { decide: withRollout({ canary: 0 }) },
  },
  {
    does: "promotes canaries by itself",
    breaks: "policy: canaries go before",
    parts: {
      decide: (situation) => {
        const steered = { ...situation.declared.steered, promoted: true };
        return reconcile({ ...situation, declared: { ...situation.declared, steered } });
      },
    },
  },
  {
    does: "promotes canaries before they have been well for long enough",
    breaks: "policy: canaries go before",
    parts: { decide: withRollout(({ bakeMs }) => ({ bakeMs: bakeMs === null ? null : 0 })) },
  },
  {
    does: "never promotes them though the time has come",
    breaks: "5 it converges",
    parts: { decide: withRollout({ bakeMs: null }) },
  },
  {
    does: "never says that nothing gets further",
    breaks: "policy: the progress deadline fires",
    parts: { decide: withRollout({ progressDeadlineMs: 1e12 }) },
  },
  {
    does: "reverts for one late failure among many",
    breaks: "policy: a rollout fails only when it has",
    parts: { decide: withRepair({ breakerShare: 0.01 }) },
  },
  {
    does: "reverts though that is not the policy",
    breaks: "policy: a rollout fails only when it has",
    parts: { decide: withRollout({ onFailure: "revert" }) },
  },
  {
    does: "goes back through the canaries again",
    breaks: "5 it converges",
    parts: {
      decide: (situation) => {
        const { declared, memory } = situation;
        const { former } = declared;
        const isReverted = declared.steered.reverted || memory.reverted !== null;
        if (!isReverted || former === undefined) return reconcile(situation);
        // As if what it goes back to were a new version.
        const anew = { ...declared, ...former, version: "declared", former: undefined } as const;
        return reconcile({ ...situation, declared: { ...anew, steered: { ...declared.steered, reverted: false } } });
      },
    },
  },
  {
    does: "goes forward again as soon as it has gone back",
    breaks: "policy: a revert never flips back",
    parts: { decide: withMemory(({ reverted, rollout }) => ({ reverted: rollout === null ? null : reverted })) },
  },
  {
    does: "forgets the version of before",
    breaks: "policy: the way back is not forgotten",
    parts: { writes: withoutFormer },
  },
  {
    does: "goes on writing when another has taken the stack",
    breaks: "two managers: only who holds",
    parts: { unfenced: true },
  },
  {
    does: "changes a group that is paused",
    breaks: "policy: a paused group",
    parts: { decide: withGoal("pause", "keep") },
  },
  {
    does: "acts while it should observe",
    breaks: "policy: what is only observed",
    parts: { decide: withGoal("observe", "keep") },
  },
  {
    does: "calls everything intentional",
    breaks: "6 every event has its true cause",
    parts: { decide: (situation) => reconcile({ ...situation, memory: { ...situation.memory, convergedAs: null } }) },
  },
];

describe("the simulator notices a Muster that", () => {
  it.each(mutants)("$does", async ({ breaks, parts, from }) => {
    const options = optionsOf(parts);
    expect(await seedThatNotices(breaks, (seed) => simulate(seed, options), from)).toBeDefined();
  });

  it.each(mutants)("$does, where the engine is driven alone", async ({ breaks, parts }) => {
    expect(await seedThatNotices(breaks, (seed) => simulateEngine(seed, parts), 1, MOST_ENGINE_SEEDS)).toBeDefined();
  });
});

/** The first seed whose run violates the invariant; what else it violates does not count. */
async function seedThatNotices(
  invariant: string,
  run: (seed: string) => Report | Promise<Report>,
  from = 1,
  most = MOST_SEEDS,
): Promise<number | undefined> {
  for (let seed = from; seed < from + most; seed++) {
    const { violations } = await run(String(seed));
    if (violations.some((violation) => violation.invariant.startsWith(invariant))) return seed;
  }
  return undefined;
}

function withTraits(traits: Partial<Situation["traits"]>) {
  return (situation: Situation) => reconcile({ ...situation, traits: { ...situation.traits, ...traits } });
}

type Rollout = Situation["declared"]["rollout"];

function withRollout(changes: Partial<Rollout> | ((rollout: Rollout) => Partial<Rollout>)) {
  return (situation: Situation) => {
    const { rollout } = situation.declared;
    const changed = { ...rollout, ...(typeof changes === "function" ? changes(rollout) : changes) };
    return reconcile({ ...situation, declared: { ...situation.declared, rollout: changed } });
  };
}

function withRepair(changes: Partial<Situation["declared"]["repair"]>) {
  return (situation: Situation) => {
    const repair = { ...situation.declared.repair, ...changes };
    return reconcile({ ...situation, declared: { ...situation.declared, repair } });
  };
}

function withMemory(changes: (memory: Memory) => Partial<Memory>) {
  return (situation: Situation) =>
    reconcile({ ...situation, memory: { ...situation.memory, ...changes(situation.memory) } });
}

function withGoal(meant: Situation["declared"]["goal"], taken: Situation["declared"]["goal"]) {
  return (situation: Situation) => {
    const goal = situation.declared.goal === meant ? taken : situation.declared.goal;
    return reconcile({ ...situation, declared: { ...situation.declared, goal } });
  };
}

/** As decided, and another of a name that somebody bears. */
/** Two at once: one that is there already is noticed before it is doubled. */
function alsoMakingNamesake(decided: Decided, { declared, now }: Situation): Decided {
  const slot = decided.actions.find(({ kind }) => kind === "create")?.slot;
  if (declared.slots.kind !== "named" || slot === undefined) return decided;
  const common = { intent: `namesake ${slot} ${now}`, slot, cause: decided.cause, why: "mutant" };
  const { revision } = declared;
  const call = { ...common, kind: "create", revision, at: now, attempt: 1, instance: null, state: { kind: "called" } };
  const told = { type: "group.decided", cause: decided.cause, message: "a mutant's doing" } as const;
  return {
    ...decided,
    actions: [...decided.actions, { ...common, kind: "create", version: "declared", revision }],
    memory: { ...decided.memory, calls: [...decided.memory.calls, call as Memory["calls"][number]] },
    decisions: [...decided.decisions, told],
  };
}

/** Broken in the same way, for the runtime: through the ports that it has anyway. */
function optionsOf({ decide, writes, recalled, unfenced }: Parts): Options {
  const store = (real: Store): Store => ({
    ...real,
    memory: async (...of) => {
      const memory = await real.memory(...of);
      return memory === undefined ? undefined : (recalled?.(memory) ?? memory);
    },
    write: async (lease, asked, now) => {
      const holding = unfenced === true ? ((await real.lease(lease.stack)) ?? lease) : lease;
      return real.write(holding, writes?.(asked) ?? asked, now);
    },
  });
  return decide === undefined ? { store } : { store, decide };
}

/** What was written down of the way back is lost. */
function withoutFormer({ declaration, ...rest }: Writes): Writes {
  if (declaration === undefined) return rest;
  return { ...rest, declaration: declaration && { ...declaration, former: {} } };
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

function alsoDestroyingWhoIsKept(decided: Decided, { look, now }: Situation): Decided {
  const kept = decided.memory.quarantine?.kept;
  const isThere = look.kind === "seen" && look.members.some(({ id }) => id === kept);
  return kept === undefined || !isThere ? decided : alsoDestroying(decided, kept, now);
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

function withoutCalls(memory: Json): Json {
  return isObject(memory) ? { ...memory, calls: [] } : memory;
}

function losing(type: string) {
  return ({ events = [], ...rest }: Writes): Writes => ({
    ...rest,
    events: events.filter((event) => event.type !== type),
  });
}
