import { reconcile } from "@muster/engine";
import { type Decide, type Timeline, timeline } from "@muster/runtime";
import { BEGINS, beginRun, type Hearing, type Report } from "../run.ts";
import { type Scenario, scenarioOf } from "../scenario.ts";
import type { Breakage } from "./book.ts";
import { runEngine } from "./muster.ts";
import { people } from "./people.ts";

export interface EngineOptions extends Hearing, Breakage {
  /** What is tried in the place of the real decision, or wraps it. */
  readonly decide?: Decide;
}

/** Looks take no time here when all is well: in between it must be asked whether all is at rest. */
const TICK_MS = 4_000;

function tick(time: Timeline): void {
  time.after(TICK_MS, () => tick(time));
}

/**
 * Runs a scenario from its beginning to its rest with the production engine and the runtime's own rules, and watches the
 * invariants at every happening. Nothing in it is asynchronous.
 */
export function simulateEngine(what: string | Scenario, options: EngineOptions = {}): Report {
  const scenario = typeof what === "string" ? scenarioOf(what) : what;
  const time = timeline(BEGINS);
  const run = beginRun(scenario, time, options);
  const muster = runEngine(run.stage, run.counting(options.decide ?? reconcile), options, scenario.managers);
  const crowd = people(scenario, run.stage, muster);
  tick(time);
  for (const { until, enough } of run.course(muster, crowd)) {
    while (time.runNext(until, enough));
    if (!enough()) time.advance(until);
  }
  return run.report();
}
