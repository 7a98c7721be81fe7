/** Who is to be told of a change. It is remembered with the change, so that nobody is forgotten when Muster ends between. */
import type { Address } from "@muster/model";
import type { Draft, Notice, Notices, ResourcesMemory } from "./memory.ts";

/** Before one is changed: these are to be told. */
export function telling(memory: Draft, by: Address, whom: readonly Address[], notice: Notice): void {
  for (const address of whom) memory.change(address, { told: { ...memory.of(address).told, [by]: notice } });
}

/** Those of them that are to be told of an earlier change of it. */
export function awaiting(memory: ResourcesMemory, by: Address, whom: readonly Address[]): readonly Address[] {
  return whom.filter((address) => Object.hasOwn(memory.of(address).told ?? {}, by));
}

/** It was not changed after all. Whoever was to be told of an earlier change still is. */
export function notTelling(memory: Draft, by: Address, whom: readonly Address[], still: readonly Address[]): void {
  for (const address of whom) {
    if (!still.includes(address)) keep(memory, address, (each) => each !== by);
  }
}

/** These it has heard. Whoever has changed again since is told of again. */
export function heard(memory: Draft, address: Address, notices: Notices): void {
  keep(memory, address, (by, notice) => notices[by] !== notice);
}

function keep(memory: Draft, address: Address, isLeft: (by: Address, notice: Notice) => boolean): void {
  const { told } = memory.of(address);
  if (told === undefined) return;
  const left = Object.entries(told).filter(([by, notice]) => isLeft(by, notice));
  memory.change(address, { told: left.length === 0 ? undefined : Object.fromEntries(left) });
}
