import type { Catalog, ResourceType } from "./contract.ts";

/** What a resource can be made of: a type, or a task; undefined where there is neither of this name. */
export function resourceTypeNamed(name: string, catalog: Catalog): ResourceType | undefined {
  return catalog.type(name, "muster") ?? catalog.task?.(name);
}

/** Of a name that both a type and a task have, the type is meant. */
export function resourceTypeNames(catalog: Catalog): readonly string[] {
  return [...new Set([...catalog.typeNames(), ...(catalog.taskNames?.() ?? [])])];
}

export function resourceTypesIn(catalog: Catalog): readonly ResourceType[] {
  return resourceTypeNames(catalog).flatMap((name) => resourceTypeNamed(name, catalog) ?? []);
}
