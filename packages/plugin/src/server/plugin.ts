import type { Flavor, Io, Provider, Type } from "../contract.ts";
import type { GroupRole } from "../infrakit/group-role.ts";

/** A type and the provider that was opened for it: a plugin process has settings of its own. */
export interface OpenType {
  readonly type: Type;
  readonly provider: Provider;
}

/** What a plugin process serves. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly types: readonly OpenType[];
  readonly flavors: readonly Flavor[];
  /** InfraKit's role "group": for a plugin that keeps groups. */
  readonly group?: GroupRole;
  readonly io: Io;
}

/** What it serves, for a person: `the type note (./notes), the flavor careful`. */
export function contentsOf({ types, flavors }: Pick<Plugin, "types" | "flavors">): string {
  const things = [
    ...types.map(({ type, provider }) => `the type ${type.name} (${provider.scope})`),
    ...flavors.map(({ name }) => `the flavor ${name}`),
  ];
  return things.join(", ");
}
