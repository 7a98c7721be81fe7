import { type JsonObject, resolveSelf, sameJson } from "@muster/model";
import type { DeclaredGroup } from "./declared.ts";
import type { Seen } from "./look.ts";
import { selfOf } from "./self.ts";

/**
 * What has to be changed on a member of the wanted revision; undefined when nothing has. A property that is not declared
 * is not managed, and one that could not be read is left alone.
 */
export function changesOf(declared: DeclaredGroup, seen: Seen): JsonObject | undefined {
  if (!hasChangeable(declared)) return undefined;
  const { id, mark, properties } = seen;
  const wanted = resolveSelf(declared.changeable, selfOf(declared, mark.slot ?? "", mark.intent ?? id));
  const changes = Object.entries(wanted).filter(
    ([key, value]) => properties[key] !== undefined && !sameJson(value, properties[key]),
  );
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** The declared properties that the look could not tell. */
export function unreadOf({ changeable }: DeclaredGroup, { properties }: Seen): readonly string[] {
  return Object.keys(changeable).filter((key) => properties[key] === undefined);
}

export function hasChangeable({ changeable }: DeclaredGroup): boolean {
  for (const _ in changeable) return true;
  return false;
}

/** Changing these takes the member away for a moment. */
export function restarts({ restarting }: DeclaredGroup, changes: JsonObject): boolean {
  return restarting.some((key) => key in changes);
}
