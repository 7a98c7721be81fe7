export { type EngineOptions, simulateEngine } from "./engine/simulate.ts";
export { type Faults, NO_FAULTS } from "./faults.ts";
export type { GroupText, StackText } from "./grammar.ts";
export type { Violation } from "./invariants/invariant.ts";
export type { Report } from "./run.ts";
export { type Doing, type Scenario, scenarioOf } from "./scenario.ts";
export { shrink } from "./shrink.ts";
export { type Options, simulate } from "./simulate.ts";
export { traceOf } from "./trace.ts";
