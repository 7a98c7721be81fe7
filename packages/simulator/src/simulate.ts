import { reconcile } from "@muster/engine";
import { type Decide, virtualClock } from "@muster/runtime";
import { memoryStore, type Store } from "@muster/store";
import { runMuster } from "./muster.ts";
import { people } from "./people.ts";
import { BEGINS, beginRun, type Hearing, type Report } from "./run.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";

export interface Options extends Hearing {
  /** What is tried in the place of the real decision, or wraps it. */
  readonly decide?: Decide;
  /** Wraps the store. */
  readonly store?: (store: Store) => Store;
}

/** Runs a scenario from its beginning to its rest, and watches the invariants at every happening. */
export async function simulate(what: string | Scenario, options: Options = {}): Promise<Report> {
  const scenario = typeof what === "string" ? scenarioOf(what) : what;
  const clock = virtualClock(BEGINS);
  const run = beginRun(scenario, clock, options);
  const store = memoryStore();
  const parts = { store: options.store?.(store) ?? store, decide: run.counting(options.decide ?? reconcile) };
  const muster = runMuster(run.stage, parts, scenario.managers);
  const crowd = people(scenario, run.stage, muster);
  for (const { until, enough } of run.course(muster, crowd)) await clock.runUntil(until, enough);
  return run.report();
}
