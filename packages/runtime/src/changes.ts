/** Which keys of a declaration say something else than before. Values are not told: they may be long, and nobody's business. */
import {
  type GroupDeclaration,
  isObject,
  type Json,
  type JsonObject,
  ownOf,
  type Stack,
  sameJson,
} from "@muster/model";

/** `size`, `template.content`, `rollout.canary`. */
export function changesOfGroup(old: GroupDeclaration, now: GroupDeclaration): readonly string[] {
  // Of another type no property is the same, whatever it is called.
  if (old.template.name !== now.template.name) return ["template"];
  return differing(wordsOf(old), wordsOf(now));
}

/** Those beside the groups; none for a stack that was not declared. */
export function changesOfStack(old: Stack | undefined, now: Stack): readonly string[] {
  if (old === undefined) return [];
  const words = ({ owner, runbook, mode, providers, fronts, resources, checks }: Stack): JsonObject => ({
    ...(owner === undefined ? {} : { owner }),
    ...(runbook === undefined ? {} : { runbook }),
    mode,
    providers: Object.fromEntries(Object.entries(providers).map(([name, provider]) => [name, { ...provider }])),
    ...(Object.keys(fronts).length === 0 ? {} : { resources: { file: JSON.stringify(fronts) } }),
    checks: JSON.stringify([checks, checksIn(resources)]),
  });
  return differing(words(old), words(now));
}

function checksIn(resources: Stack["resources"]) {
  return Object.values(resources).flatMap(({ address, checks }) => (checks.length === 0 ? [] : [{ address, checks }]));
}

function wordsOf({ slots, template, flavor, rollout, repair, checks }: GroupDeclaration): JsonObject {
  return {
    ...(slots.kind === "numbered" ? { size: slots.size } : { members: slots.names }),
    template: template.properties,
    flavor: { [flavor.name]: flavor.properties },
    rollout: withoutUnits({ ...rollout }),
    repair: withoutUnits({ ...repair }),
    ...(checks.length === 0 ? {} : { checks: JSON.stringify(checks) }),
  };
}

/** In the declaration `minReadyMs` is `minReady`, and `breakerPercent` is `breaker`. */
function withoutUnits(policy: Readonly<Record<string, unknown>>): JsonObject {
  const words = Object.entries(policy).map(([key, value]) => [key.replace(/(Ms|Percent)$/, ""), value as Json]);
  return Object.fromEntries(words);
}

function differing(old: JsonObject, now: JsonObject): readonly string[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys.flatMap((key) => {
    const [before, after] = [ownOf(old, key) ?? null, ownOf(now, key) ?? null];
    if (sameJson(before, after)) return [];
    if (!isObject(before) || !isObject(after)) return [key];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((inner) => !sameJson(ownOf(before, inner) ?? null, ownOf(after, inner) ?? null))
      .map((inner) => `${key}.${inner}`);
  });
}
