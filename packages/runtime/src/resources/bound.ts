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
import type { Clock } from "../ports.ts";
import { type GivenSettings, type Providers, settingsFor } from "../providers.ts";
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

/** What all resources of one type and one provider have in common. */
type Kind =
  | { readonly known: "tags"; readonly type: TaggedType; readonly provider: TaggedProvider }
  | { readonly known: "claim"; readonly type: ClaimedType; readonly provider: ClaimedProvider }
  | { readonly known: "task"; readonly type: TaskType; readonly provider: TaskProvider };

export type BoundResource = Bound & Kind;

export interface BindDeps {
  readonly catalog: Catalog;
  readonly providers: Providers;
  readonly settings: GivenSettings;
}

export function typeNamed(catalog: Catalog, name: string): ResourceType | undefined {
  return catalog.type(name, "muster") ?? catalog.task?.(name);
}

/**
 * Binds the resources of one pass; a type is found, and its provider opened, for the first of them. The answer throws
 * MusterError or ProviderError where a type is not there, or cannot be opened.
 */
export function binder(
  { providers: declared }: Pick<ResourcesTask, "providers">,
  { catalog, providers, settings: given, clock }: BindDeps & { readonly clock: Clock },
): (resource: ResourceDeclaration) => Promise<BoundResource> {
  const kinds = new Map<string, Promise<Kind & Pick<Bound, "traits" | "settings">>>();

  async function kindOf({ type: name, provider: entry }: ResourceDeclaration) {
    const type = typeNamed(catalog, name);
    if (type === undefined) throw unknownType(name, catalog);
    const settings = settingsFor(type, declared, given, entry);
    const kind = await opened(type, settings);
    return { ...kind, settings, traits: traitsOf(kind.type, kind.provider) };
  }

  async function opened(type: ResourceType, settings: JsonObject): Promise<Kind> {
    if (type.known === "task")
      return {
        known: "task",
        type,
        provider: await looked(() => providers.openTask(type, settings), `${type.name} was not opened`, clock),
      };
    const provider = await looked(() => providers.open(type, settings), `${type.name} was not opened`, clock);
    if (type.known === "tags" && provider.known === "tags") return { known: "tags", type, provider };
    if (type.known === "claim" && provider.known === "claim") return { known: "claim", type, provider };
    throw new ProviderError("invalid", `the provider of ${type.name} knows its things otherwise than its type says`);
  }

  return async (resource) => {
    const word = `${resource.type}\n${resource.provider ?? ""}`;
    const known = kinds.get(word) ?? kindOf(resource);
    kinds.set(word, known);
    const kind = await known;
    return { ...kind, resource, properties: wantedOf(resource, kind.type) };
  };
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
