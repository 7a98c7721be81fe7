/** One run: the world, what happens in it, and the invariants, watched at every happening, until all is calm and at rest. */
import { conditionOf, type Status } from "@muster/model";
import type { Clock, Decide } from "@muster/runtime";
import { endDisasters, letDisastersHappen, placeForeigners } from "./disasters.ts";
import { calm } from "./faults.ts";
import { type Happening, happened, type Told } from "./happening.ts";
import { emptyHistory } from "./history.ts";
import type { Evidence, Violation, Watcher } from "./invariants/invariant.ts";
import { INVARIANTS } from "./invariants.ts";
import type { Kept } from "./lives.ts";
import { markOf, membersOf } from "./marks.ts";
import type { People } from "./people.ts";
import { randomOf } from "./random.ts";
import { isReached, isUnderWay } from "./reached.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { emptyWorld, type Thing } from "./world.ts";

export interface Hearing {
  /** Is told everything that happens, in order, and what it violates. */
  readonly hear?: (heard: Happening | Violation) => void;
}

/** How a run went. */
export interface Report {
  readonly scenario: Scenario;
  /** The first one is what counts: what comes after it may come of it. */
  readonly violations: readonly Violation[];
  readonly decisions: number;
  readonly calls: number;
  readonly crashes: number;
  /** Virtual time, in milliseconds: of the whole run, and from the calm to the rest. */
  readonly lasted: number;
  readonly recovered: number;
}

/** A stretch of a run: until this time, or until it is enough. */
export interface Stretch {
  readonly until: number;
  enough(): boolean;
}

export interface Run {
  readonly stage: Stage;
  /** Counts what is decided. */
  counting(decide: Decide): Decide;
  /** What is to be lived through, one stretch after the other. */
  course(muster: Kept<unknown>, crowd: People): Iterable<Stretch>;
  report(): Report;
}

/** When every run begins, ms since 1970. */
export const BEGINS = Date.UTC(2030, 0, 1);
/** After a calm, waits that have grown to ten minutes must end, and a rollout or two must be carried through. */
const PATIENCE_MS = 6 * 3_600_000;
const REST_MS = 300_000;
/** What a manager that was stopped had decided before may be called so long after it goes on. */
const LAST_CALLS_MS = 660_000;
/** A run that goes on for so long without anything being learned is one that turns in circles. */
const MOST_HAPPENINGS = 60_000;

interface Watching {
  readonly name: string;
  readonly watch: Watcher;
}

/** The invariants, begun, by the kinds of happenings they are asked about. */
function watchersOf(evidence: Evidence): ReadonlyMap<Happening["kind"], readonly Watching[]> {
  const byKind = new Map<Happening["kind"], Watching[]>();
  for (const { name, on, watch } of INVARIANTS) {
    const watching = { name, watch: watch(evidence) };
    for (const kind of on) byKind.set(kind, [...(byKind.get(kind) ?? []), watching]);
  }
  return byKind;
}

/** Why a group stands still with one that has ended left where it is. */
const KEPT_FOR: ReadonlySet<string> = new Set(["RolloutFailed", "Quarantined"]);

export function beginRun(scenario: Scenario, clock: Clock, { hear }: Hearing): Run {
  const world = emptyWorld(clock.now);
  const history = emptyHistory(scenario);
  const { settleMs, local, faults, ailments, room } = scenario;
  const whenCalm = calm(faults);
  const evidence = { world, history, settleMs, promisesKept: faults.lateLag === 0 };
  const watchers = watchersOf(evidence);
  const violations: Violation[] = [];
  const statuses = new Map<string, Status>();
  const count = { decisions: 0, calls: 0, crashes: 0, happenings: 0 };
  /** Versions of which a member has gone. */
  const gone = new Set<string>();
  let calmedAt = Number.POSITIVE_INFINITY;
  let recovered = 0;
  let holder = 0;
  let lastDeed = BEGINS;
  let lastEnd = BEGINS;
  let lastThaw = Number.NEGATIVE_INFINITY;

  function tell(told: Told): void {
    const happening = happened(told, clock.now());
    count.happenings++;
    if (told.kind === "called") count.calls++;
    if (told.kind === "called" || told.kind === "wrote") lastDeed = clock.now();
    if (told.kind === "answered" || told.kind === "abandoned" || told.kind === "took") lastEnd = clock.now();
    if (told.kind === "thawed") lastThaw = clock.now();
    if (told.kind === "crashed") count.crashes++;
    if (told.kind === "status" && told.life === holder) statuses.set(told.group, told.status);
    if (told.kind === "holds") {
      holder = told.life;
      statuses.clear();
    }
    if (told.kind === "befell" || told.kind === "took") noteGone(told.id);
    hear?.(happening);
    history.take(happening);
    for (const { name, watch } of watchers.get(told.kind) ?? []) {
      const detail = watch(happening);
      if (detail === undefined) continue;
      const violation = { invariant: name, at: happening.at - BEGINS, detail };
      violations.push(violation);
      hear?.(violation);
    }
  }

  function noteGone(id: string): void {
    const { tags = {}, properties = {}, gone: end } = world.thing(id) ?? {};
    if (end !== undefined) gone.add(`${markOf(tags).owner} ${properties["image"]} ${properties["note"]}`);
  }

  function isWrong(): boolean {
    return violations.length > 0 || count.happenings > MOST_HAPPENINGS;
  }

  /** Everything is as declared in truth, and Muster says so. */
  function isAtRest(muster: Kept<unknown>, crowd: People): boolean {
    const running = muster.keeper();
    if (!crowd.areDone() || running === undefined || muster.isStopped()) return false;
    if (clock.now() < lastThaw + LAST_CALLS_MS) return false;
    if (history.underWay().size > 0 || history.loose().size > 0) return false;
    return history.groups().every((group) => isGroupAtRest(group, running.life.number));
  }

  /** Whoever ended while a rollout or a revision was tried is kept to be looked into. */
  function mayStay(thing: Thing, status: Status): boolean {
    if (!thing.fallen) return world.isHealthy(thing);
    return KEPT_FOR.has(conditionOf(status, "Stalled")?.reason ?? "");
  }

  function isGroupAtRest(group: string, life: number): boolean {
    const wanted = history.wanted(group);
    const status = statuses.get(group);
    if (wanted === undefined || status === undefined) return false;
    const { generation, since, mode } = wanted;
    const look = history.lookOf(life, group);
    if (status.generation !== generation || look === undefined || look.began <= Math.max(since, calmedAt, lastEnd)) {
      return false;
    }
    // What a look has shown is taken in when health has been asked, which takes no longer than this.
    if (clock.now() < look.ended + 1_000) return false;
    const stillMs = clock.now() - lastDeed;
    if (isUnderWay({ wanted, status, stillMs })) return false;
    const living = membersOf(world, group);
    const { shown } = look;
    // Both are in the order in which they were made.
    if (shown.length !== living.length || !living.every(({ id }, index) => id === shown[index]?.id)) return false;
    if (mode === "enforce" && !living.every((thing) => mayStay(thing, status))) return false;
    const { image, note } = wanted.aim;
    const someGone = gone.has(`${group} ${image} ${note}`);
    return isReached({ wanted, status, living, stillMs, someGone });
  }

  const stage: Stage = {
    ...{ world, clock, tell },
    random: randomOf(scenario.seed).fork("stage"),
    traits: { settleMs, local },
    faults: () => (clock.now() < calmedAt ? faults : whenCalm),
    ailmentOf: (image) => (clock.now() < calmedAt ? ailments[String(image)] : undefined),
    isCrowded: () => clock.now() < calmedAt && room !== null && world.living({}).length >= room,
    nextCall: () => count.calls + 1,
  };
  placeForeigners(stage);
  letDisastersHappen(stage);

  return {
    stage,
    counting: (decide) => (situation) => {
      count.decisions++;
      return decide(situation);
    },
    *course(muster, crowd) {
      const isOver = () => isWrong() || isAtRest(muster, crowd);
      yield { until: BEGINS + scenario.calmAfter, enough: isWrong };
      calmedAt = clock.now();
      endDisasters(stage);
      tell({ kind: "calmed" });
      yield { until: calmedAt + PATIENCE_MS, enough: isOver };
      recovered = clock.now() - calmedAt;
      if (!isWrong() && isAtRest(muster, crowd)) {
        tell({ kind: "rested" });
        yield { until: clock.now() + REST_MS, enough: isWrong };
      }
      tell({ kind: "ended" });
    },
    report() {
      const { decisions, calls, crashes } = count;
      return { scenario, violations, decisions, calls, crashes, lasted: clock.now() - BEGINS, recovered };
    },
  };
}
