import { type JsonObject, resolveSelf, sameJson } from "@muster/model";
import type { Living } from "./census.ts";
import type { DeclaredGroup } from "./declared.ts";
import { selfOf } from "./self.ts";
import { NOTHING, type Scene, type Step, type Wish } from "./step.ts";

/**
 * Changes on living members what can be changed on them, one member at a time. A property that is not declared is not
 * managed. One that could not be read is left alone, and the group says that it cannot tell.
 */
export function amend({ declared, census }: Scene): Step {
  if (Object.keys(declared.changeable).length === 0) return NOTHING;
  if (census.living.some((member) => member.call !== undefined)) return NOTHING;
  for (const member of census.living) {
    const wish = amendment(declared, member);
    if (wish !== undefined) return { wishes: [wish] };
  }
  const unread = census.living.find((member) => unreadOf(declared, member).length > 0);
  if (unread === undefined) return NOTHING;
  const message = `${unread.seen.id}: ${unreadOf(declared, unread).join(", ")} could not be read`;
  return { wishes: [], held: { reason: "Unreadable", message } };
}

/** The declared properties of a current member that the look could not tell. */
export function unreadOf({ changeable }: DeclaredGroup, { current, seen }: Living): readonly string[] {
  if (!current) return [];
  return Object.keys(changeable).filter((key) => seen.properties[key] === undefined);
}

export function amendment(declared: DeclaredGroup, member: Living): Wish | undefined {
  if (!member.current) return undefined;
  const { id, mark, properties } = member.seen;
  const wanted = resolveSelf(declared.changeable, selfOf(declared, mark.slot ?? "", mark.intent ?? id));
  const changes = differences(wanted, properties);
  if (Object.keys(changes).length === 0) return undefined;
  return {
    kind: "update",
    instance: id,
    slot: mark.slot ?? "",
    why: `${Object.keys(changes).join(", ")} differs`,
    changes,
  };
}

function differences(wanted: JsonObject, found: Partial<JsonObject>): JsonObject {
  return Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => found[key] !== undefined && !sameJson(value, found[key])),
  );
}
