import { type Effects, type GroupDeclaration, revisionOf } from "@muster/model";
import { infrakitRevision } from "./infrakit/marking.ts";

/** The declared revision of a group, in the words of whoever's marks its members bear. */
export function groupRevision(group: GroupDeclaration, effects: Effects, flavorEffects: Effects): string {
  const { marking, template, flavor } = group;
  if (marking.kind === "infrakit") return infrakitRevision(marking);
  return revisionOf(template, effects, flavor, flavorEffects);
}
