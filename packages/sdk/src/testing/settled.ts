/** Lets time pass until nothing of a stack is on its way any more. */
import {
  conditionOf,
  failureOfResources,
  isConverged,
  MusterError,
  resourcesSettled,
  type Status,
} from "@muster/model";
import type { StackKeeper, VirtualClock } from "@muster/runtime";

/** A canary may bake for thirty days, and goes on after that. In milliseconds of the simulated world. */
const LONGEST_MS = 31 * 86_400_000;
/** What stands in the way may go away by itself; for so long that is waited for. */
const HOPE_MS = 3_600_000;
/** Files that follow groups come to rest so long after these. */
const REST_MS = 10_000;

export interface Kept {
  readonly keeper: StackKeeper;
  readonly clock: VirtualClock;
  /** How its groups stand, by name, as they have told last. */
  readonly statuses: ReadonlyMap<string, Status>;
}

/**
 * As far as it goes until somebody says more. Throws `resource.not-as-declared` and `group.not-converged`.
 *
 * @param groups the names of those that are declared
 */
export async function untilSettled({ keeper, clock, statuses }: Kept, groups: readonly string[]): Promise<void> {
  const { stack } = keeper;
  const generation = keeper.declaration()?.generation ?? 0;
  let stalledSince: number | undefined;

  function isOver(): boolean {
    const outlooks = groups.map((group) => outlookOf(statuses.get(group), generation));
    stalledSince = outlooks.includes("stalled") ? (stalledSince ?? clock.now()) : undefined;
    if (outlooks.includes("moving") || !resourcesSettled(keeper.resources(), generation)) return false;
    return stalledSince === undefined || clock.now() - stalledSince >= HOPE_MS;
  }

  await clock.runUntil(clock.now() + LONGEST_MS, isOver);
  await clock.runUntil(clock.now() + REST_MS);
  for (const group of groups) {
    const status = statuses.get(group);
    if (outlookOf(status, generation) !== "done") throw notConverged(`${stack}/${group}`, status);
  }
  const failure = failureOfResources({ stack, ...keeper.resources() });
  if (failure !== undefined) throw failure;
}

/** The stack is forgotten when the last of it is gone. Throws as `untilSettled`. */
export async function untilGone({ keeper, clock, statuses }: Kept): Promise<void> {
  await clock.runUntil(clock.now() + LONGEST_MS, () => keeper.declaration() === undefined);
  if (keeper.declaration() === undefined) return;
  const { stack } = keeper;
  const [group] = statuses;
  const failure = failureOfResources({ stack, ...keeper.resources() }, "destroy");
  if (failure !== undefined) throw failure;
  throw notConverged(`${stack}/${group?.[0]}`, group?.[1]);
}

/** `done`: as declared, or as far as it goes without somebody's word. */
function outlookOf(status: Status | undefined, generation: number): "done" | "moving" | "stalled" {
  if (status === undefined || status.observedGeneration < generation) return "moving";
  if (isConverged(status)) return "done";
  if (conditionOf(status, "Stalled")?.holds === true) return "stalled";
  const isMoving = conditionOf(status, "Progressing")?.holds === true;
  const reason = conditionOf(status, "Converged")?.reason;
  return reason === "Observed" || (reason === "CanaryWaits" && !isMoving) ? "done" : "moving";
}

function notConverged(group: string, status: Status | undefined): MusterError {
  const detail = (status && conditionOf(status, "Converged")?.message) ?? "nothing is known of it yet";
  return new MusterError("group.not-converged", { group, detail, serve: "" });
}
