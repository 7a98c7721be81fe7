/** Which resources a stack has to do with: those that it declares, and those that are to go with it or were to go before. */
import {
  type Address,
  type Consent,
  ownOf,
  type ProviderDeclaration,
  type ResourceDeclaration,
  type Stack,
} from "@muster/model";
import { type Declaration, NO_RESOURCE_STEERING } from "@muster/store";
import type { Grammar } from "../ports.ts";

export interface Tended {
  readonly resource: ResourceDeclaration;
  /** `pruned`: it was released, and is destroyed now. `leaving`: its whole stack is. */
  readonly fate: "declared" | "pruned" | "leaving";
}

/** What is to become of the resources of a stack. */
export interface ResourcesTask {
  readonly generation: number;
  readonly mode: Stack["mode"];
  readonly allow: readonly Consent[];
  readonly providers: Readonly<Record<string, ProviderDeclaration>>;
  readonly purge: Stack["purge"];
  readonly tended: ReadonlyMap<Address, Tended>;
  /** The whole stack is to go. */
  readonly destroying: boolean;
  /** There are checks that may ask how they stand. */
  readonly watched: boolean;
}

export function taskOf(declaration: Declaration, grammar: Pick<Grammar, "stackOf">): ResourcesTask {
  const { document, generation } = declaration;
  const { allow, destroying, released } = declaration.resources ?? NO_RESOURCE_STEERING;
  const { resources, providers, mode, purge, checks } = grammar.stackOf(document);
  const tended = new Map<Address, Tended>();
  let settings = providers;
  for (const [address, { document: alone, prune }] of Object.entries(released)) {
    if (!prune || Object.hasOwn(resources, address)) continue;
    const former = grammar.stackOf(alone);
    const resource = ownOf(former.resources, address);
    if (resource === undefined) continue;
    settings = { ...former.providers, ...settings };
    tended.set(address, { resource: leaving(resource), fate: "pruned" });
  }
  for (const [address, resource] of Object.entries(resources)) {
    tended.set(address, destroying ? { resource: leaving(resource), fate: "leaving" } : { resource, fate: "declared" });
  }
  const watched = checks.length > 0 || Object.values(resources).some((each) => each.checks.length > 0);
  return { generation, mode, allow, providers: settings, purge: destroying ? {} : purge, tended, destroying, watched };
}

function leaving(resource: ResourceDeclaration): ResourceDeclaration {
  return { ...resource, ensure: "absent", notify: [] };
}
