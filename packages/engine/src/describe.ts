import type { MemberStatus } from "@muster/model";
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
  const { open } = settle(memory.calls, look, traits.settleMs);
  return membersOf(takeCensus(declared, traits, look, open, now), (id) => {
    const verdict = look.verdicts.get(id);
    return verdict === undefined || verdict.kind === "pass" ? undefined : verdict.reason;
  });
}
