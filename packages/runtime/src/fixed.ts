import { type Effects, type GroupDeclaration, type JsonObject, MusterError, type Stack, sameJson } from "@muster/model";

/**
 * The groups in which something is declared otherwise that their type says can never be changed, not by replacing either,
 * and why that is refused.
 *
 * @param effectsOf of a type; none of one that is not there
 */
export function unchangeable(
  was: Stack | undefined,
  now: Stack,
  source: string,
  effectsOf: (type: string) => Effects<JsonObject>,
): ReadonlyMap<string, MusterError> {
  const refused = new Map<string, MusterError>();
  for (const group of Object.values(now.groups)) {
    const old = was?.groups[group.name];
    const property = old && fixedProperty(old, group, effectsOf(group.template.name));
    if (property === undefined) continue;
    const words = { group: group.name, property, type: group.template.name };
    const place = { file: source, path: `groups.${group.name}` };
    refused.set(group.name, new MusterError("declaration.unchangeable", words, { place }));
  }
  return refused;
}

function fixedProperty(
  { template: old }: GroupDeclaration,
  { template }: GroupDeclaration,
  effects: Effects<JsonObject>,
): string | undefined {
  if (old.name !== template.name) return undefined;
  return Object.keys(effects).find(
    (key) => effects[key] === "impossible" && !sameJson(old.properties[key] ?? null, template.properties[key] ?? null),
  );
}
