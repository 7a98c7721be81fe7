import type { Mark, Self } from "@muster/model";
import type { DeclaredGroup } from "./declared.ts";

/** What a member can say of itself. A numbered member's id is the beginning of its intent: new with every create. */
export function selfOf(
  group: Pick<DeclaredGroup, "stack" | "name" | "slots">,
  { slot = "", intent = "", port }: Pick<Mark, "slot" | "intent" | "port">,
): Self {
  const id = group.slots.kind === "named" ? slot : intent.slice(0, 12);
  return { stack: group.stack, group: group.name, slot, id, ...(port === undefined ? {} : { port }) };
}
