import { type Json, type JsonObject, ownOf, resolveSelf, type Self, sameJson } from "@muster/model";
import type { DeclaredGroup } from "./declared.ts";
import type { Seen } from "./look.ts";
import { selfOf } from "./self.ts";

/**
 * What has to be changed on a member of the wanted revision; undefined when nothing has. A property that is not declared
 * is not managed, and one that could not be read is left alone.
 */
export function changesOf(declared: DeclaredGroup, seen: Seen): JsonObject | undefined {
  const { changeable } = declared;
  if (!hasChangeable(declared)) return undefined;
  const { id, mark, properties } = seen;
  const wanted = isForAll(changeable) ? changeable : resolveSelf(changeable, selfOf(declared, { intent: id, ...mark }));
  let changes: [string, Json][] | undefined;
  for (const key in wanted) {
    // Of every member at every look: what `ownOf` says is asked here, where there are but a few kinds of members.
    const is = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const value = wanted[key];
    if (is === undefined || value === undefined || sameJson(value, is)) continue;
    changes ??= [];
    changes.push([key, value]);
  }
  return changes && Object.fromEntries(changes);
}

/** The same for each member: none of it is in a member's own words. Found out once, and not for each at every look. */
function isForAll(changeable: JsonObject): boolean {
  const known = forAll.get(changeable);
  if (known !== undefined) return known;
  const found = resolveSelf(changeable, NOBODY) === changeable;
  forAll.set(changeable, found);
  return found;
}

const forAll = new WeakMap<JsonObject, boolean>();
const NOBODY: Self = { stack: "", group: "", slot: "", id: "" };

/** The declared properties that the look could not tell. */
export function unreadOf({ changeable }: DeclaredGroup, { properties }: Seen): readonly string[] {
  return Object.keys(changeable).filter((key) => ownOf(properties, key) === undefined);
}

export function isUnread({ changeable }: DeclaredGroup, { properties }: Seen): boolean {
  for (const key in changeable) if (!Object.hasOwn(properties, key) || properties[key] === undefined) return true;
  return false;
}

export function hasChangeable({ changeable }: DeclaredGroup): boolean {
  for (const _ in changeable) return true;
  return false;
}

/** Changing these takes the member away for a moment. */
export function restarts({ restarting }: DeclaredGroup, changes: JsonObject): boolean {
  return restarting.some((key) => key in changes);
}

export function whyChanged(changes: JsonObject): string {
  return `${Object.keys(changes).join(", ")} differs`;
}
