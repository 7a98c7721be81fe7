/** Which members are to be changed where they are, and in what: so that their provider can be asked what it would mean. */
import { type JsonObject, resolveSelf } from "@muster/model";
import { aimOf } from "./aim.ts";
import { restarts, whyChanged } from "./amend.ts";
import { takeCensus } from "./census.ts";
import type { Seen } from "./look.ts";
import type { Prospect } from "./plan.ts";
import { selfOf } from "./self.ts";
import { settle } from "./settle.ts";

export interface ChangeAhead {
  readonly seen: Seen;
  /** What differs, as it is to be. */
  readonly changes: JsonObject;
  /** Everything that can be changed where it is, as it is to be. */
  readonly want: JsonObject;
  /** As the steps of a plan have them. */
  readonly effect: "in-place" | "restart";
  readonly why: string;
}

/** None of a group that goes back to what it was: that was declared once, and agreed to. */
export function changesAhead({
  declared,
  traits,
  look,
  memory,
  now,
}: Omit<Prospect, "sizeBefore">): readonly ChangeAhead[] {
  const { group, instead } = aimOf(declared, memory);
  if (instead !== undefined || declared.goal === "destroy" || declared.goal === "observe") return [];
  const settled = settle(memory.calls, look, traits.settleMs, group);
  const { living } = takeCensus({ declared: group, look, settled, memory, now });
  return living.flatMap(({ seen, changes }): readonly ChangeAhead[] => {
    if (changes === undefined) return [];
    const want = resolveSelf(group.changeable, selfOf(group, { intent: seen.id, ...seen.mark }));
    const effect = restarts(group, changes) ? "restart" : "in-place";
    return [{ seen, changes, want, effect, why: whyChanged(changes) }];
  });
}
