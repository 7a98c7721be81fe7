/** The resources of one stack, their types, and where their parts stand. */
import type { Address, Json, ResourceDeclaration, Stack } from "@muster/model";
import { type Catalog, type Kin, type ResourceType, resourceTypeNamed } from "@muster/plugin";
import { valueAt } from "./places.ts";
import type { Path } from "./source.ts";

export interface Declared {
  readonly stack: Stack;
  /** As it was written. */
  readonly data: Json;
  /** The names of the types of its resources. */
  readonly kinds: ReadonlySet<string>;
  /** By name: those of its resources and of its files that follow groups, as far as there are such types. */
  readonly types: ReadonlyMap<string, ResourceType>;
}

export function declaredOf(stack: Stack, data: Json, catalog: Catalog): Declared {
  const types = new Map<string, ResourceType>();
  const kinds = new Set(Object.values(stack.resources).map(({ type }) => type));
  for (const name of Object.keys(stack.fronts).length === 0 ? kinds : new Set([...kinds, "file"])) {
    const type = resourceTypeNamed(name, catalog);
    if (type !== undefined) types.set(name, type);
  }
  return { stack, data, kinds, types };
}

/** The types of which something is there that chose no entry under `providers` for itself. */
export function usuallyOpened({ stack, types }: Declared): readonly ResourceType[] {
  const { resources, fronts, providers } = stack;
  const usual = Object.values(resources).filter(({ provider }) => {
    return provider === undefined || !Object.hasOwn(providers, provider);
  });
  const names = new Set(usual.map(({ type }) => type));
  if (Object.keys(fronts).length > 0) names.add("file");
  return [...names].flatMap((name) => types.get(name) ?? []);
}

/** A task has settings of its own, and no kin. */
export function kinOf(type: ResourceType): Kin {
  return type.known === "task" ? { name: type.name } : type;
}

export function placeIn({ type, name }: ResourceDeclaration, ...inner: Path): Path {
  return ["resources", type, name, ...inner];
}

/** Where an address stands, alone or in a list. */
export function placeOfAddress(
  resource: ResourceDeclaration,
  key: "dependsOn" | "notify",
  address: Address,
  data: Json,
): Path {
  const path = placeIn(resource, key);
  const written = valueAt(data, path);
  return Array.isArray(written) ? [...path, written.indexOf(address)] : path;
}
