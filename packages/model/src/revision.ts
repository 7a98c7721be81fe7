import { hashJson } from "./hash.ts";
import type { Effects } from "./instance.ts";
import { type JsonObject, ownOf } from "./json.ts";
import type { Chosen } from "./stack.ts";

/** The properties whose change is had by replacing only: all but those told otherwise. */
export function replaceOnly(properties: JsonObject, effects: Effects): JsonObject {
  return only(properties, (key) => (ownOf(effects, key) ?? "replace") === "replace");
}

/** The properties that can be changed on a living thing. */
export function changeable(properties: JsonObject, effects: Effects): JsonObject {
  return only(properties, (key) => effects[key] === "in-place" || effects[key] === "restart");
}

/**
 * The revision of a group: what can only be had by replacing, as written (references unresolved, defaults absent), and
 * what the flavor puts into a member when it prepares it. Size, health and drain are never in it.
 * 20 hex digits: it stands on every member, and in what people read.
 */
export function revisionOf(template: Chosen, effects: Effects, flavor: Chosen, flavorEffects: Effects): string {
  const prepared = replaceOnly(flavor.properties, flavorEffects);
  return hashJson({
    type: template.name,
    properties: replaceOnly(template.properties, effects),
    ...(Object.keys(prepared).length > 0 ? { flavor: flavor.name, prepared } : {}),
  }).slice(0, 20);
}

function only(properties: JsonObject, wanted: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => wanted(key)));
}
