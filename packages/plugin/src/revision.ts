import { type Effects, type GroupDeclaration, type JsonObject, replaceOnly, revisionOf } from "@muster/model";
import type { Flavor } from "./contract.ts";
import { infrakitRevision } from "./infrakit/marking.ts";

/** The declared revision of a group, in the words of whoever's marks its members bear. */
export function groupRevision(group: GroupDeclaration, effects: Effects, treatedBy: Treats): string {
  const { marking, template, flavor } = group;
  if (marking.kind === "infrakit") return infrakitRevision(marking);
  return revisionOf(template, effects, { ...flavor, properties: replacedBy(treatedBy, flavor.properties) }, {});
}

type Treats = Pick<Flavor, "effects" | "replacing">;

/** What of a flavor's properties is had by replacing the members. */
export function replacedBy(flavor: Treats, properties: JsonObject): JsonObject {
  return flavor.replacing?.(properties) ?? replaceOnly(properties, flavor.effects);
}
