import { durationText, type MemberStatus, ownOf } from "@muster/model";
import type { Living } from "./census.ts";
import { counted, type Known } from "./counted.ts";
import type { DeclaredGroup } from "./declared.ts";
import type { GoodLook, Seen } from "./look.ts";
import type { Memory } from "./memory.ts";
import { membersOf } from "./status.ts";

/** Every member of a group as the last look showed it. Made when somebody asks: a pass has no need of it. */
export function describeMembers(known: Known): readonly MemberStatus[] {
  const { group, census } = counted(known);
  const { look, memory } = known;
  const members = membersOf(census, (member) => whyIt(member, look, memory, group));
  return census.aside.length === 0 ? members : [...members, ...census.aside.map(asideStatus)];
}

function asideStatus({ id, mark, since }: Seen): MemberStatus {
  const reason = "set aside to be looked into: `muster instance replace --force` takes it away";
  return { id, slot: mark.slot ?? "", state: "quarantined", revision: mark.revision, reason, since };
}

/** Why a member is in its state, as far as that is not plain from the state. */
function whyIt(
  { seen, health }: Living,
  look: GoodLook,
  memory: Memory,
  { rollout }: DeclaredGroup,
): string | undefined {
  const verdict = look.verdicts.get(seen.id);
  const said = verdict === undefined || verdict.kind === "pass" ? seen.reason : verdict.reason;
  const young = ownOf(memory.young, seen.id);
  const late = health === "waiting" && young?.failed === true ? ["it did not come up in time"] : [];
  const replaced = memory.replacing.includes(seen.id) ? ["somebody wants an equal one in its place"] : [];
  const kept = memory.quarantine?.kept === seen.id ? ["kept to be looked into"] : [];
  const tried =
    health === "ready" && young !== undefined && rollout.minReadyMs > 0
      ? [`on trial: it counts when it has been healthy for ${durationText(rollout.minReadyMs)}`]
      : [];
  const parts = [...replaced, ...kept, ...late, ...tried, ...(said === undefined ? [] : [said])];
  return parts.length === 0 ? undefined : parts.join(": ");
}
