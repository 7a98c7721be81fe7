import type { Condition, RolloutStatus, Status } from "@muster/model";

/** The same to whoever is told of it. */
export function sameStatus(a: Status, b: Status): boolean {
  return (
    a.generation === b.generation &&
    a.ready === b.ready &&
    a.desired === b.desired &&
    sameRollout(a.rollout, b.rollout) &&
    a.conditions.length === b.conditions.length &&
    a.conditions.every((condition, index) => sameCondition(condition, b.conditions[index]))
  );
}

function sameRollout(a: RolloutStatus | null, b: RolloutStatus | null): boolean {
  if (a === null || b === null) return a === b;
  return a.phase === b.phase && a.arrived === b.arrived && a.of === b.of;
}

function sameCondition(a: Condition, b: Condition | undefined): boolean {
  return a.name === b?.name && a.holds === b.holds && a.reason === b.reason && a.message === b.message;
}
