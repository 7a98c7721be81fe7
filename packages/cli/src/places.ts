/** Where Muster's sockets are. All directories belong to the user alone (0700). */
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pluginDirectory as directoryOfPlugins, runtimeDirectory } from "@muster/model";
import type { Environment } from "./cli.ts";

/** Where `serve` answers: `$MUSTER_SOCKET`, else `muster.sock` in the runtime directory. */
export function serveSocket(env: Environment): string {
  if (env["MUSTER_SOCKET"]) return resolve(env["MUSTER_SOCKET"]);
  return join(runtimeDirectory(env, homedir()), "muster.sock");
}

/** Where a process that keeps one stack answers: beside the socket of `serve`. */
export function stackSocket(env: Environment, stack: string): string {
  return join(dirname(serveSocket(env)), `stack-${stack}.sock`);
}

/** What `stackSocket` gives for any stack. */
export function isStackSocket(name: string): boolean {
  return name.startsWith("stack-") && name.endsWith(".sock");
}

/** Where plugins are looked for. */
export function pluginDirectory(env: Environment): string {
  return directoryOfPlugins(env, homedir());
}

/** Where `muster image run` has what it runs, of one type. */
export function runsDirectory(env: Environment, type: string): string {
  return join(runtimeDirectory(env, homedir()), "runs", type);
}

/** Where `muster try` answers for one copy: a path is soon too long for a socket, and this directory is near. */
export function trySockets(env: Environment, id: string): string {
  return join(runtimeDirectory(env, homedir()), "tries", id);
}
