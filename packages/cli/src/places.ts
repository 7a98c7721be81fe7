/** Where Muster's sockets are. All directories belong to the user alone (0700). */
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Environment } from "./cli.ts";

/** Where `serve` answers: `$MUSTER_SOCKET`, else `muster.sock` in the runtime directory. */
export function serveSocket(env: Environment): string {
  if (env["MUSTER_SOCKET"]) return resolve(env["MUSTER_SOCKET"]);
  return join(runtimeDirectory(env), "muster.sock");
}

/** Where a process that keeps one stack answers: beside the socket of `serve`. */
export function stackSocket(env: Environment, stack: string): string {
  return join(dirname(serveSocket(env)), `stack-${stack}.sock`);
}

/** What `stackSocket` gives for any stack. */
export function isStackSocket(name: string): boolean {
  return name.startsWith("stack-") && name.endsWith(".sock");
}

/** Where plugins are looked for: `$MUSTER_PLUGIN_DIR`, else `plugins` in the runtime directory. */
export function pluginDirectory(env: Environment): string {
  if (env["MUSTER_PLUGIN_DIR"]) return resolve(env["MUSTER_PLUGIN_DIR"]);
  return join(runtimeDirectory(env), "plugins");
}

/**
 * `$XDG_RUNTIME_DIR/muster`, else `~/.muster`: a server's shell often has no XDG_RUNTIME_DIR, and what a person starts
 * there must be found again from the next one.
 */
function runtimeDirectory(env: Environment): string {
  const runtime = env["XDG_RUNTIME_DIR"];
  if (runtime && isAbsolute(runtime)) return join(runtime, "muster");
  return join(env["HOME"] || homedir(), ".muster");
}
