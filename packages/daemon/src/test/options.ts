import { randomBytes } from "node:crypto";
import { systemClock } from "@muster/runtime";
import type { Store } from "@muster/store";
import type { DaemonOptions } from "../index.ts";
import { plainFlavor } from "./flavor.ts";
import { folderTypeIn } from "./folder-type.ts";

/** A daemon in a room: a real store, real sockets, one built-in type. */
export function defaultOptions(path: (...parts: string[]) => string, store: Store): DaemonOptions {
  return {
    command: "serve",
    version: "0.0.0",
    stacks: "all",
    socket: path("run", "muster.sock"),
    store,
    builtins: { types: [folderTypeIn(path("instances"))], flavors: [plainFlavor()] },
    settings: {},
    pluginDirectory: path("plugins"),
    outside: { io: { now: Date.now, randomBytes }, clock: systemClock },
    onEvent: () => undefined,
    onStatus: () => undefined,
    onNotice: () => undefined,
  };
}
