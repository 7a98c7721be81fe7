import type { Checkpoint, GroupName } from "./contract.ts";

/** The groups of the events that are there, and those that only what was dropped told of; by stack and name. */
export function withDropped(told: readonly GroupName[], checkpoints: readonly Checkpoint[]): readonly GroupName[] {
  const dropped = checkpoints.flatMap(({ groups }) => groups.map(({ stack, group }) => ({ stack, group })));
  const byName = new Map([...told, ...dropped].map(({ stack, group }) => [`${stack}/${group}`, { stack, group }]));
  return [...byName.values()].sort((a, b) => order(a.stack, b.stack) || order(a.group, b.group));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
