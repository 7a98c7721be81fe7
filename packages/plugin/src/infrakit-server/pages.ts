import type { JsonObject } from "@muster/model";
import type { Plugin } from "../server/plugin.ts";
import { type HttpReply, textReply } from "../wire/http-server.ts";
import { roleMethods } from "./handlers.ts";
import { interfaces } from "./handshake.ts";
import type { InfrakitMethod } from "./method.ts";
import type { Served } from "./served.ts";

/** What the last master's programs served beside JSON-RPC. Undefined for any other path. */
export function infrakitPage(path: string, plugin: Plugin, served: Served): HttpReply | undefined {
  switch (path) {
    case "/info/api.json":
      return textReply(200, JSON.stringify(apiOf(plugin, served)));
    case "/info/functions.json":
      // Functions for InfraKit's templates, of which Muster has none.
      return textReply(200, JSON.stringify({ builtin: [] }));
    case "/events":
      return { kind: "events", run: sayNothing };
    default:
      return undefined;
  }
}

/** No topic has anything to tell: the stream stays open, as a client expects, and is silent. */
function sayNothing(): void {
  return;
}

function apiOf(plugin: Plugin, served: Served): JsonObject {
  const methods = roleMethods(plugin, served).filter((each) => each.eras.includes("master"));
  const implemented = interfaces(served.roles, "master").map((each) => ({ ...each, Sub: "" }));
  return {
    Vendor: { Name: plugin.name, Version: plugin.version, Sub: "", URL: "" },
    Implements: implemented,
    Interfaces: implemented.map((each) => ({
      ...each,
      Methods: methods.filter(({ name }) => name.startsWith(`${each.Name}.`)).map(shown),
    })),
  };
}

function shown({ name, params, result }: InfrakitMethod): JsonObject {
  return { Request: { jsonrpc: "2.0", method: name, params, id: "1" }, Response: { result, id: "1" } };
}
