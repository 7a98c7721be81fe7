import type { Dialect } from "../infrakit/dialects.ts";
import type { Handlers } from "../server/handlers.ts";
import type { Plugin } from "../server/plugin.ts";
import { flavorMethods } from "./flavor.ts";
import { groupMethods } from "./group.ts";
import { handshakes } from "./handshake.ts";
import { instanceMethods } from "./instance.ts";
import { handlerOf, type InfrakitMethod } from "./method.ts";
import type { Served } from "./served.ts";

/** Every JSON-RPC method of the roles that a plugin plays. */
export function roleMethods(plugin: Plugin, served: Served): readonly InfrakitMethod[] {
  return [...instanceMethods(served), ...flavorMethods(served, plugin.io), ...groupMethods(plugin.group)];
}

/** What answers InfraKit's clients of these dialects. */
export function infrakitHandlers(plugin: Plugin, served: Served, dialects: readonly Dialect[]): Handlers {
  const methods = roleMethods(plugin, served).filter((each) => each.eras.some((era) => dialects.includes(era)));
  return new Map([...methods, ...handshakes(served, dialects)].map((each) => [each.name, handlerOf(each)]));
}
