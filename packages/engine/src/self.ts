import type { Self } from "@muster/model";
import type { DeclaredGroup } from "./declared.ts";

/** What a member can say of itself. A numbered member's id is the beginning of its intent: new with every create. */
export function selfOf(group: DeclaredGroup, slot: string, intent: string): Self {
  const id = group.slots.kind === "named" ? slot : intent.slice(0, 12);
  return { stack: group.stack, group: group.name, slot, id };
}
