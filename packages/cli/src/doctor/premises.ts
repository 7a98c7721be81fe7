/** What a machine is asked about: the places that its environment means, and what lies there. Nothing is judged here. */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GROUP_SOCKET, systemCodeOf } from "@muster/model";
import { pluginName } from "@muster/plugin";
import { containerSettingsIn, engineSocket } from "@muster/provider-container";
import { stateDirectory, storePath } from "@muster/store";
import type { Environment } from "../cli.ts";
import { isStackSocket, pluginDirectory, serveSocket } from "../places.ts";
import { pluginFiles } from "../work/plugin-file.ts";

export interface Place {
  /** As a sentence calls it: `the directory of the state`. */
  readonly what: string;
  readonly path: string;
  readonly isThere: boolean;
  /** What it lies in, as far as there is something: itself, where it is there. Links are followed. */
  readonly nearest: string;
}

export interface Premises {
  /** What an owner may be called who is this user. */
  readonly owners: readonly string[];
  /** The words that run this Node, and this Muster. */
  readonly node: string;
  readonly muster: readonly [string, ...string[]];
  readonly state: Place;
  /** Undefined: none was made yet. */
  readonly store: string | undefined;
  readonly runtime: Place;
  readonly plugins: Place;
  /** Sockets of Musters, also of such as have ended. */
  readonly sockets: readonly string[];
  /** Names of the plugins that are found. */
  readonly pluginNames: readonly string[];
  /** The socket of the engine that the type `container` would use; undefined: what DOCKER_HOST says is not understood. */
  readonly engine: string | undefined;
}

/** @param user the user's name, as the system has it */
export function premisesOf(env: Environment, user: string): Premises {
  const [serve, plugins] = [serveSocket(env), pluginDirectory(env)];
  const store = storePath(env);
  const groupSocket = join(plugins, GROUP_SOCKET);
  const settings = containerSettingsIn(env).safeParse({});
  return {
    owners: [...new Set([user, String(process.getuid?.() ?? user)])],
    node: process.execPath,
    muster: [process.execPath, fileURLToPath(new URL("../../bin/muster.js", import.meta.url))],
    state: placeOf("the directory of the state", stateDirectory(env)),
    store: existsSync(store) ? store : undefined,
    runtime: placeOf("the directory of the sockets", dirname(serve)),
    plugins: placeOf("the directory of the plugins", plugins),
    sockets: [serve, ...stackSockets(dirname(serve)), groupSocket].filter(isSocket),
    pluginNames: unlessClosed(() => pluginFiles(plugins), [])
      .filter((path) => path !== groupSocket)
      .map(pluginName),
    engine: settings.success ? engineSocket(settings.data) : undefined,
  };
}

function placeOf(what: string, path: string): Place {
  const isThere = existsSync(path);
  return { what, path, isThere, nearest: realpathSync(nearestOf(path)) };
}

function nearestOf(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestOf(dirname(path));
}

function stackSockets(directory: string): readonly string[] {
  const names = unlessClosed(() => readdirSync(directory), []);
  return names.filter(isStackSocket).map((name) => join(directory, name));
}

function isSocket(path: string): boolean {
  return unlessClosed(() => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false, false);
}

/** What is not there, or closed to this user, holds nothing that could be named; that it is closed, its own check tells. */
function unlessClosed<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(systemCodeOf(thrown) ?? "")) return otherwise;
    throw thrown;
  }
}
