import { aimOf } from "./aim.ts";
import { type Census, takeCensus } from "./census.ts";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook } from "./look.ts";
import type { Memory } from "./memory.ts";
import { settle } from "./settle.ts";

/** What is known of a group between two passes. */
export interface Known {
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  readonly look: GoodLook;
  readonly memory: Memory;
  readonly now: number;
}

/** The group with the version that is aimed at, and who is there: for whoever asks between two passes, and decides nothing. */
export function counted({ declared, traits, look, memory, now }: Known): {
  readonly group: DeclaredGroup;
  readonly census: Census;
} {
  const { group } = aimOf(declared, memory);
  const settled = settle(memory.calls, look, traits.settleMs, group);
  return { group, census: takeCensus({ declared: group, look, settled, memory, now }) };
}
