import { reconcile } from "@muster/engine";
import { isConverged, type Status } from "@muster/model";
import type { Decide } from "@muster/runtime";
import { memoryStore, type Store } from "@muster/store";
import { virtualClock } from "./clock.ts";
import { endDisasters, letDisastersHappen, placeForeigners } from "./disasters.ts";
import { calm } from "./faults.ts";
import { sizeOf } from "./grammar.ts";
import type { Happening, Told } from "./happening.ts";
import { emptyHistory } from "./history.ts";
import { INVARIANTS } from "./invariants.ts";
import { membersOf } from "./marks.ts";
import { runMuster } from "./muster.ts";
import { people } from "./people.ts";
import { randomOf } from "./random.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { lineOf } from "./trace.ts";
import type { Stage } from "./type.ts";
import { emptyWorld } from "./world.ts";

export interface Options {
  /** What is tried in the place of the real decision, or wraps it. */
  readonly decide?: Decide;
  /** Wraps the store. */
  readonly store?: (store: Store) => Store;
}

export interface Violation {
  readonly invariant: string;
  readonly at: number;
  readonly detail: string;
}

/** How a run went. */
export interface Report {
  readonly scenario: Scenario;
  /** The first one is what counts: what comes after it may come of it. */
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly decisions: number;
  readonly calls: number;
  readonly crashes: number;
  /** Virtual time, in milliseconds: of the whole run, and from the calm to the rest. */
  readonly lasted: number;
  readonly recovered: number;
}

const BEGINS = Date.UTC(2030, 0, 1);
/** After a calm, waits that have grown to ten minutes must end, and a rollout or two must be carried through. */
const PATIENCE_MS = 3 * 3_600_000;
const REST_MS = 300_000;
/** A paused group is never called converged: it is at rest when a look or two have led to nothing. */
const STILL_MS = 65_000;
const REMOTE_GRACE_MS = 60_000;
/** A run that goes on for so long without anything being learned is one that turns in circles. */
const MOST_HAPPENINGS = 60_000;

/** Runs a scenario from its beginning to its rest, and watches the invariants at every happening. */
export async function simulate(what: string | Scenario, options: Options = {}): Promise<Report> {
  const scenario = typeof what === "string" ? scenarioOf(what) : what;
  const clock = virtualClock(BEGINS);
  const world = emptyWorld(clock.now);
  const history = emptyHistory(scenario.settleMs);
  const { settleMs, local, faults } = scenario;
  const evidence = { world, history, graceMs: local ? 0 : REMOTE_GRACE_MS, promisesKept: faults.lateLag === 0 };
  const watchers = INVARIANTS.map((invariant) => ({ name: invariant.name, watch: invariant.watch(evidence) }));
  const trace: string[] = [];
  const violations: Violation[] = [];
  const statuses = new Map<string, Status>();
  const count = { decisions: 0, calls: 0, crashes: 0, happenings: 0 };
  let calmedAt = Number.POSITIVE_INFINITY;
  let lastDeed = BEGINS;

  function tell(told: Told): void {
    const happening: Happening = { at: clock.now(), ...told };
    count.happenings++;
    if (told.kind === "called") count.calls++;
    if (told.kind === "called" || told.kind === "wrote") lastDeed = clock.now();
    if (told.kind === "crashed") count.crashes++;
    if (told.kind === "status") statuses.set(told.group, told.status);
    if (told.kind === "started") statuses.clear();
    trace.push(lineOf(happening, BEGINS));
    history.take(happening);
    for (const { name, watch } of watchers) {
      const detail = watch(happening);
      if (detail === undefined) continue;
      violations.push({ invariant: name, at: happening.at - BEGINS, detail });
      trace.push(`        VIOLATED ${name}: ${detail}`);
    }
  }

  /** Everything is as declared in truth, and Muster says so. */
  function isAtRest(): boolean {
    if (!crowd.areDone() || muster.keeper() === undefined) return false;
    for (const call of history.calls.values())
      if (call.ended === undefined || (call.ended.late && !call.took)) return false;
    return history.groups().every(isGroupAtRest);
  }

  function isGroupAtRest(group: string): boolean {
    const wanted = history.wanted(group);
    const status = statuses.get(group);
    if (wanted === undefined || status === undefined || wanted.steering?.goal === "destroying") return false;
    const { text, steering, generation, since } = wanted;
    const look = history.lookOf(muster.keeper()?.life.number ?? 0, group);
    if (status.generation !== generation || look === undefined || look.began < Math.max(since, calmedAt)) {
      return false;
    }
    const living = membersOf(world, group);
    if (living.length !== sizeOf(text) || !living.every(world.isHealthy)) return false;
    const listed = new Set(look.shown.map(({ id }) => id));
    if (listed.size !== living.length || !living.every(({ id }) => listed.has(id))) return false;
    // What a look has shown is taken in when health has been asked, which takes no longer than this.
    if (clock.now() < look.ended + 1_000) return false;
    if (steering?.goal === "paused") return clock.now() >= lastDeed + STILL_MS;
    const same = living.every(({ properties: { image, note } }) => image === text.image && note === text.note);
    return same && isConverged(status);
  }

  const stage: Stage = {
    ...{ world, clock, tell },
    random: randomOf(scenario.seed).fork("stage"),
    traits: { settleMs, local },
    faults: () => (clock.now() < calmedAt ? faults : calm(faults)),
    nextCall: () => count.calls + 1,
  };
  const store = memoryStore();
  placeForeigners(stage);
  letDisastersHappen(stage);
  const muster = runMuster(stage, {
    store: options.store?.(store) ?? store,
    decide(situation) {
      count.decisions++;
      return (options.decide ?? reconcile)(situation);
    },
  });
  const crowd = people(scenario, stage, muster);
  const wrong = () => violations.length > 0 || count.happenings > MOST_HAPPENINGS;

  await clock.runUntil(BEGINS + scenario.calmAfter, wrong);
  calmedAt = clock.now();
  endDisasters(stage);
  tell({ kind: "calmed" });
  await clock.runUntil(calmedAt + PATIENCE_MS, () => wrong() || isAtRest());
  const recovered = clock.now() - calmedAt;
  if (!wrong() && isAtRest()) {
    tell({ kind: "rested" });
    await clock.runUntil(clock.now() + REST_MS, wrong);
  }
  tell({ kind: "ended" });
  const { decisions, calls, crashes } = count;
  return { scenario, violations, trace, decisions, calls, crashes, lasted: clock.now() - BEGINS, recovered };
}
