import { type Dialect, type Era, type Role, VERSIONS } from "../infrakit/dialects.ts";
import type { InfrakitMethod } from "./method.ts";
import type { Served } from "./served.ts";

/** How each era's clients find out what a plugin is. Each is told the versions of its own era: it accepts no others. */
export function handshakes({ roles }: Served, dialects: readonly Dialect[]): readonly InfrakitMethod[] {
  const all: readonly InfrakitMethod[] = [
    handshake("Plugin.Implements", "v0.1", { APIs: interfaces(roles, "v0.1") }),
    handshake("Handshake.Implements", "v0.5", { APIs: interfaces(roles, "v0.5") }),
    handshake("Handshake.Types", "v0.5", { Types: byInterface(roles, "v0.5", (name) => name) }),
    handshake("Handshake.Hello", "master", {
      Objects: byInterface(roles, "master", (name) => ({ Name: name, ProxyFor: "" })),
    }),
  ];
  return all.filter((each) => each.eras.some((era) => dialects.includes(era)));
}

function handshake(name: string, era: Era, answer: object): InfrakitMethod {
  return { name, eras: [era], params: {}, result: {}, run: async () => answer };
}

export function interfaces(roles: Served["roles"], era: Era): { Name: Role; Version: string }[] {
  return roles.flatMap(({ role }) => VERSIONS[era][role].map((version) => ({ Name: role, Version: version })));
}

function byInterface<T>(roles: Served["roles"], era: Era, show: (name: string) => T): Record<string, T[]> {
  const entries = roles.flatMap(({ role, names }) =>
    VERSIONS[era][role].map((version) => [`${role}/${version}`, names.map(show)] as const),
  );
  return Object.fromEntries(entries);
}
