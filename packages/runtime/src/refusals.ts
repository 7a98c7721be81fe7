/** What a new declaration must not change: why it is refused, group by group. */
import {
  type Document,
  type Effects,
  type GroupDeclaration,
  type JsonObject,
  MusterError,
  ownOf,
  type Stack,
  sameJson,
} from "@muster/model";
import type { Declaration } from "@muster/store";
import type { Before } from "./commit.ts";

/**
 * @param to the new declaration, and `now` the stack that it declares
 * @param effectsOf of a type; none of one that is not there
 */
export function refusals(
  { declaration, stack: was }: Pick<Before, "declaration" | "stack">,
  to: Pick<Declaration, "document" | "source">,
  now: Stack,
  effectsOf: (type: string) => Effects<JsonObject>,
): ReadonlyMap<string, MusterError> {
  if (declaration === undefined || was === undefined) return new Map();
  if (declaration.document.dialect !== to.document.dialect) return ofAnotherDialect(declaration.document, to, now);
  const refused = new Map<string, MusterError>();
  for (const group of Object.values(now.groups)) {
    const old = ownOf(was.groups, group.name);
    const error = old && refusalOf(old, group, to.source, effectsOf);
    if (error !== undefined) refused.set(group.name, error);
  }
  return refused;
}

/** The members of none of its groups would be known any more: they would be orphaned. */
function ofAnotherDialect(
  { dialect: before }: Document,
  { document, source }: Pick<Declaration, "document" | "source">,
  { name: stack, groups }: Stack,
): ReadonlyMap<string, MusterError> {
  const words = { stack, file: source, before, after: document.dialect };
  const error = new MusterError("declaration.dialect-changed", words, { place: { file: source } });
  const names = Object.keys(groups);
  return new Map((names.length === 0 ? [stack] : names).map((name) => [name, error]));
}

function refusalOf(
  old: GroupDeclaration,
  { name: group, template }: GroupDeclaration,
  source: string,
  effectsOf: (type: string) => Effects<JsonObject>,
): MusterError | undefined {
  const place = { file: source, path: `groups.${group}` };
  // Its members would be orphaned: nobody looks for them where the new type has its own.
  if (old.template.name !== template.name) {
    const words = { group, before: old.template.name, after: template.name };
    return new MusterError("declaration.type-changed", words, { place });
  }
  const property = fixedProperty(old.template.properties, template.properties, effectsOf(template.name));
  if (property === undefined) return undefined;
  return new MusterError("declaration.unchangeable", { group, property, type: template.name }, { place });
}

/** One that is declared otherwise, though its type says that it can never be changed, not by replacing either. */
function fixedProperty(old: JsonObject, now: JsonObject, effects: Effects<JsonObject>): string | undefined {
  return Object.keys(effects).find(
    (key) => effects[key] === "impossible" && !sameJson(ownOf(old, key) ?? null, ownOf(now, key) ?? null),
  );
}
