/** A resource with the type and the provider that it is made by. */
import type { ResourceTraits } from "@muster/engine";
import { didYouMean, type JsonObject, MusterError, nearest, type ResourceDeclaration } from "@muster/model";
import {
  type Catalog,
  type ClaimedProvider,
  type ClaimedType,
  ProviderError,
  type ResourceType,
  type TaggedProvider,
  type TaggedType,
  type TaskProvider,
  type TaskType,
  wantedOf,
} from "@muster/plugin";
import { type GivenSettings, type Providers, settingsFor } from "../providers.ts";
import type { Clock } from "../ports.ts";
import { looked } from "./asking.ts";
import type { ResourcesTask } from "./tended.ts";

interface Bound {
  readonly resource: ResourceDeclaration;
  readonly traits: ResourceTraits;
  /** As written, with the property that names the thing. */
  readonly properties: JsonObject;
  /** What its provider was opened with: the same word is the same provider. */
  readonly settings: JsonObject;
}

export type BoundResource = Bound &
  (
    | { readonly known: "tags"; readonly type: TaggedType; readonly provider: TaggedProvider }
    | { readonly known: "claim"; readonly type: ClaimedType; readonly provider: ClaimedProvider }
    | { readonly known: "task"; readonly type: TaskType; readonly provider: TaskProvider }
  );

export interface BindDeps {
  readonly catalog: Catalog;
  readonly providers: Providers;
  readonly settings: GivenSettings;
}

export function typeNamed(catalog: Catalog, name: string): ResourceType | undefined {
  return catalog.type(name, "muster") ?? catalog.task?.(name);
}

/** Throws MusterError or ProviderError where its type is not there, or cannot be opened. */
export async function bindResource(
  resource: ResourceDeclaration,
  { providers: declared }: Pick<ResourcesTask, "providers">,
  { catalog, providers, settings: given, clock }: BindDeps & { readonly clock: Clock },
): Promise<BoundResource> {
  const type = typeNamed(catalog, resource.type);
  if (type === undefined) throw unknownType(resource.type, catalog);
  const settings = settingsFor(type, declared, given, resource.provider);
  const common = { resource, properties: wantedOf(resource, type), settings };
  if (type.known === "task") {
    const provider = await looked(() => providers.openTask(type, settings), `${type.name} was not opened`, clock);
    return { ...common, known: "task", type, provider, traits: traitsOf(type, provider) };
  }
  const provider = await looked(() => providers.open(type, settings), `${type.name} was not opened`, clock);
  const traits = traitsOf(type, provider);
  if (type.known === "tags" && provider.known === "tags") return { ...common, known: "tags", type, provider, traits };
  if (type.known === "claim" && provider.known === "claim")
    return { ...common, known: "claim", type, provider, traits };
  throw new ProviderError("invalid", `the provider of ${type.name} knows its things otherwise than its type says`);
}

export function traitsOf(
  type: ResourceType,
  provider: TaskProvider | TaggedProvider | ClaimedProvider,
): ResourceTraits {
  if (type.known === "task" || !("known" in provider)) return TASK;
  return {
    known: type.known,
    effects: type.effects,
    irreversible: new Set(type.irreversible),
    unreadable: new Set(type.unreadable),
    unordered: new Set(type.unordered),
    adopts: provider.known === "claim" || provider.retag !== undefined,
    refreshes: provider.refresh !== undefined,
  };
}

const TASK: ResourceTraits = {
  known: "task",
  effects: {},
  irreversible: new Set(),
  unreadable: new Set(),
  unordered: new Set(),
  adopts: false,
  refreshes: true,
};

function unknownType(name: string, catalog: Catalog): MusterError {
  const known = [...catalog.typeNames(), ...(catalog.taskNames?.() ?? [])];
  return new MusterError("declaration.unknown-type", {
    name,
    nearest: didYouMean(nearest(name, known)),
    known: known.join(", "),
  });
}
