/**
 * The door for whoever carries groups along by other means than a controller: the rules of a pass apart from its I/O, so
 * that there is one of each. The simulator drives the engine by them.
 */
export { type Acted, changed, outcomeOfFailure } from "./act.ts";
export { assignmentsOf, steeringOf } from "./assignments.ts";
export { attention } from "./attention.ts";
export { type Assignment, declaredAs, sameTask } from "./bind.ts";
export { hasFormer, sameDocument } from "./commit.ts";
export * from "./declaring.ts";
export { type DoomRequest, doomRequests, withDoomed, writesOf } from "./doom.ts";
export { dueAfter, retryMs } from "./due.ts";
export { isMeant } from "./meant.ts";
export { memberOn } from "./observe.ts";
export * from "./pass.ts";
export { CALL_MS } from "./patience.ts";
export { isProven } from "./proven.ts";
export { sameStatus } from "./same-status.ts";
export { destroy, pause, promote, resume, revert, type SteeringChange } from "./steering.ts";
export { type Timeline, timeline } from "./virtual-clock.ts";
