export type { Decision } from "./decisions.ts";
export * from "./declared.ts";
export * from "./describe.ts";
export * from "./look.ts";
export {
  type Backoff,
  type Call,
  emptyMemory,
  type Memory,
  memoryFrom,
  type Outcome,
  recall,
  record,
} from "./memory.ts";
export { type Planned, type Prospect, planOf, TAKEN_UP } from "./plan.ts";
export { type ChangeAhead, changesAhead } from "./plan-changes.ts";
export * from "./policy.ts";
export * from "./reconcile.ts";
export { whyIrreplaceable, whyNotAside } from "./replace.ts";
export { backoffMs } from "./resources/backoff.ts";
export {
  type DecidedStep,
  decideResource,
  type ResourceSituation,
  type Sighting,
} from "./resources/decide.ts";
export { differencesOf, type Wanted } from "./resources/differences.ts";
export type { ResourceTraits } from "./resources/traits.ts";
export { selfOf } from "./self.ts";
export { servingOf } from "./serving.ts";
export { type Standing, standingIn, type Told } from "./standing.ts";
export { stalledStatus } from "./status.ts";
export type { Action, Held } from "./step.ts";
export { absent } from "./timely.ts";
