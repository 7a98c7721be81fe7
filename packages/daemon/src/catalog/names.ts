/** Which thing a name means. It depends on whose document the name stands in. */
import type { Document } from "@muster/model";
import { ownName } from "@muster/plugin";
import type { Serving } from "./plugin.ts";

interface Named {
  readonly name: string;
}

/** One kind of thing (types, or flavors) and where it comes from. */
export interface Shelf<T extends Named> {
  readonly builtIn: ReadonlyMap<string, T>;
  /** By the name of the socket, in order. */
  readonly plugins: readonly {
    readonly name: string;
    readonly dialect: Serving["dialect"];
    readonly things: readonly T[];
  }[];
  /** What InfraKit calls the built-in ones. */
  readonly infrakitNames: Readonly<Record<string, string>>;
}

export function findNamed<T extends Named>(shelf: Shelf<T>, name: string, dialect: Document["dialect"]): T | undefined {
  if (dialect === "infrakit") {
    return atSocket(shelf.plugins, name) ?? shelf.builtIn.get(ownName(shelf.infrakitNames, name));
  }
  const muster = shelf.plugins.filter((plugin) => plugin.dialect === "muster");
  const infrakit = shelf.plugins.filter((plugin) => plugin.dialect !== "muster");
  return byOwnName(muster, name) ?? shelf.builtIn.get(name) ?? atSocket(infrakit, name);
}

export function namesOf<T extends Named>({ builtIn, plugins }: Shelf<T>): readonly string[] {
  const served = plugins.flatMap(({ things }) => things.map(({ name }) => name));
  return [...new Set([...builtIn.keys(), ...served])].sort();
}

function byOwnName<T extends Named>(plugins: Shelf<T>["plugins"], name: string): T | undefined {
  for (const { things } of plugins) {
    const found = things.find((thing) => thing.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `socket`, or `socket/thing`. A plugin that serves one thing need not call it as its socket is called. */
function atSocket<T extends Named>(plugins: Shelf<T>["plugins"], name: string): T | undefined {
  const [socket, inner] = splitAtSlash(name);
  const things = plugins.find((plugin) => plugin.name === socket)?.things ?? [];
  const [only, ...others] = things;
  const meant = things.find((thing) => thing.name === name || (inner !== undefined && thing.name === inner));
  return meant ?? (inner === undefined && others.length === 0 ? only : undefined);
}

function splitAtSlash(name: string): readonly [string, string | undefined] {
  const slash = name.indexOf("/");
  return slash < 0 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)];
}
