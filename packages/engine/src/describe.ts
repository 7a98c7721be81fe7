import type { MemberStatus } from "@muster/model";
import { aimOf } from "./aim.ts";
import { takeCensus } from "./census.ts";
import type { DeclaredGroup, Traits } from "./declared.ts";
import type { GoodLook } from "./look.ts";
import type { Memory } from "./memory.ts";
import { settle } from "./settle.ts";
import { membersOf } from "./status.ts";

/** Every member of a group as the last look showed it. Made when somebody asks: a pass has no need of it. */
export function describeMembers(
  declared: DeclaredGroup,
  traits: Traits,
  look: GoodLook,
  memory: Memory,
  now: number,
): readonly MemberStatus[] {
  const settled = settle(memory.calls, look, traits.settleMs);
  const { group } = aimOf(declared, memory);
  return membersOf(takeCensus({ declared: group, look, settled, young: memory.young, now }), (id) => {
    const verdict = look.verdicts.get(id);
    return verdict === undefined || verdict.kind === "pass" ? undefined : verdict.reason;
  });
}
