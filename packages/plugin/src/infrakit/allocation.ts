import type { JsonObject, Slots } from "@muster/model";
import { countField, textsField } from "../wire/fields.ts";

/** InfraKit's `Allocation`: so many members, or named ones. */
export function allocationOf(slots: Slots): JsonObject {
  return slots.kind === "numbered" ? { Size: slots.size, LogicalIDs: null } : { Size: 0, LogicalIDs: slots.names };
}

/** Throws `WrongField`. */
export function slotsOf(allocation: JsonObject): Slots {
  const names = textsField(allocation, "LogicalIDs");
  return names.length > 0 ? { kind: "named", names } : { kind: "numbered", size: countField(allocation, "Size") };
}
