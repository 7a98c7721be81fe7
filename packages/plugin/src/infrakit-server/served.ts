import type { JsonObject } from "@muster/model";
import type { Flavor, TaggedProvider, TaggedType } from "../contract.ts";
import { ITSELF, type Role } from "../infrakit/dialects.ts";
import { flavorWords } from "../infrakit/flavor-words.ts";
import { isInstanceType } from "../infrakit/spec.ts";
import { checked } from "../server/handlers.ts";
import type { Plugin } from "../server/plugin.ts";

export interface ServedInstance {
  readonly type: TaggedType;
  readonly provider: TaggedProvider;
}

export interface ServedFlavor {
  readonly flavor: Flavor;
  /** Its properties as InfraKit writes them, in its own words and checked. Throws `ProviderError` of kind `invalid`. */
  readonly read: (written: JsonObject) => JsonObject;
}

/** What of a plugin InfraKit's clients can use. */
export interface Served {
  readonly instances: ReadonlyMap<string, ServedInstance>;
  readonly flavors: ReadonlyMap<string, ServedFlavor>;
  /** The roles that there are, with the names of what plays them. */
  readonly roles: readonly { readonly role: Role; readonly names: readonly string[] }[];
}

export function served({ types, flavors, group }: Plugin): Served {
  const instances = new Map<string, ServedInstance>();
  for (const { type, provider } of types) {
    if (type.known !== "tags" || provider.known !== "tags" || !isInstanceType(type)) continue;
    instances.set(type.name, { type, provider });
  }
  const treated = new Map<string, ServedFlavor>();
  for (const flavor of flavors) {
    const words = flavorWords(flavor);
    treated.set(flavor.name, { flavor, read: (written) => checked(flavor.schema, words(written)) });
  }
  const roles = [
    { role: "Instance" as const, names: names(instances) },
    { role: "Flavor" as const, names: names(treated) },
    { role: "Group" as const, names: group === undefined ? [] : [ITSELF] },
    { role: "Metadata" as const, names: group === undefined ? [] : [ITSELF] },
  ];
  return { instances, flavors: treated, roles: roles.filter((each) => each.names.length > 0) };
}

function names(served: ReadonlyMap<string, unknown>): readonly string[] {
  return served.size === 1 ? [ITSELF] : [...served.keys()];
}

/** The one that a call means: by its name, or without one where there is only one. Throws an error for a person. */
export function meant<T>(served: ReadonlyMap<string, T>, name: string): T {
  const [only] = served.values();
  const found = served.get(name) ?? (served.size === 1 && (name === "" || name === ITSELF) ? only : undefined);
  if (found === undefined) throw new Error(`there is no \`${name}\` here, only ${[...served.keys()].join(", ")}`);
  return found;
}
