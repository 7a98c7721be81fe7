/** Who is to be told of a change. It is remembered with the change, so that nobody is forgotten when Muster ends between. */
import type { Address } from "@muster/model";
import { type Notice, type Notices, type ResourcesMemory, without } from "./memory.ts";

/** Before one is changed: these are to be told. */
export function telling(
  memory: ResourcesMemory,
  by: Address,
  whom: readonly Address[],
  notice: Notice,
): ResourcesMemory {
  if (whom.length === 0) return memory;
  const fresh = whom.map((address) => [address, { ...memory.told[address], [by]: notice }] as const);
  return { ...memory, told: { ...memory.told, ...Object.fromEntries(fresh) } };
}

/** It was not changed after all. Whoever was to be told of an earlier change still is. */
export function notTelling(
  memory: ResourcesMemory,
  by: Address,
  whom: readonly Address[],
  before: ResourcesMemory["told"],
): ResourcesMemory {
  let { told } = memory;
  for (const address of whom) {
    if (Object.hasOwn(before[address] ?? {}, by)) continue;
    told = withNotices(told, address, without(told[address] ?? {}, by));
  }
  return { ...memory, told };
}

/** These it has heard. Whoever has changed again since is told of again. */
export function heard(memory: ResourcesMemory, address: Address, notices: Notices): ResourcesMemory {
  const left = Object.entries(memory.told[address] ?? {}).filter(([by, notice]) => notices[by] !== notice);
  return { ...memory, told: withNotices(memory.told, address, Object.fromEntries(left)) };
}

function withNotices(told: ResourcesMemory["told"], address: Address, notices: Notices): ResourcesMemory["told"] {
  return Object.keys(notices).length === 0 ? without(told, address) : { ...told, [address]: notices };
}
