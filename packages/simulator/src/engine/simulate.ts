import { reconcile } from "@muster/engine";
import type { Decide } from "@muster/runtime";
import { type Timeline, timeline } from "@muster/runtime/rules";
import { BEGINS, beginRun, type Hearing, type Report } from "../run.ts";
import { type Scenario, scenarioOf } from "../scenario.ts";
import type { Breakage } from "./book.ts";
import { runEngine } from "./muster.ts";
import { people } from "./people.ts";

export interface EngineOptions extends Hearing, Breakage {
  /** What is tried in the place of the real decision, or wraps it. */
  readonly decide?: Decide;
}

/** Looks take no time here when all is well: whether all is at rest is asked between them. In milliseconds. */
const TICK_MS = 7_000;

/** Returns the end of it. */
function every(ms: number, time: Timeline, run: () => void): () => void {
  let cancel = time.after(ms, beat);
  return () => cancel();

  function beat(): void {
    run();
    cancel = time.after(ms, beat);
  }
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
  for (const { until, enough } of run.course(muster, crowd)) {
    let isEnough = false;
    const stop = every(TICK_MS, time, () => {
      isEnough = enough();
    });
    const isOver = () => isEnough;
    while (time.runNext(until, isOver));
    stop();
    if (!isEnough) time.advance(until);
  }
  return run.report();
}
