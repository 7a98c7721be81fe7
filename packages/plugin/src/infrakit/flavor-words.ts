import type { Json, JsonObject } from "@muster/model";
import { z } from "zod";
import type { Flavor } from "../contract.ts";

/** What the walk-through's `vanilla` called them. */
const OLDER: Readonly<Record<string, string>> = { userdata: "init", labels: "tags" };
/** In the walk-through a flavor's properties tell the size of the group too. */
const ALLOCATION = ["size", "logicalids"];

/**
 * A flavor's properties as InfraKit writes them, in the flavor's own words: `Init`, and `UserData` before it, is `init`.
 * What the flavor does not know stays as it is, for its schema to refuse.
 */
export function flavorWords(flavor: Flavor): (written: JsonObject) => JsonObject {
  const known = Object.keys(z.toJSONSchema(flavor.schema, { io: "input" }).properties ?? {});
  const own = new Map(known.map((each) => [each.toLowerCase(), each]));

  function translate([key, value]: [string, Json]): [string, Json][] {
    if (value === null) return [];
    const lower = key.toLowerCase();
    const word = own.get(lower) ?? own.get(OLDER[lower] ?? "");
    if (word !== undefined) return [[word, value]];
    return ALLOCATION.includes(lower) ? [] : [[key, value]];
  }

  return (written) => Object.fromEntries(Object.entries(written).flatMap(translate));
}
