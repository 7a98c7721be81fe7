import { isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where sockets are: `$XDG_RUNTIME_DIR/muster`, else `~/.muster`. A server's shell often has no XDG_RUNTIME_DIR, and what a
 * person starts there must be found again from the next one.
 *
 * @param home the user's home directory, where the environment does not tell it
 */
export function runtimeDirectory(env: Environment, home: string): string {
  const runtime = env["XDG_RUNTIME_DIR"];
  if (runtime && isAbsolute(runtime)) return join(runtime, "muster");
  return join(env["HOME"] || home, ".muster");
}

/** The name in the plugin directory at which `muster serve` answers InfraKit's clients, as their `group` plugin did. */
export const GROUP_SOCKET = "group";

/** Where plugins are looked for: `$MUSTER_PLUGIN_DIR`, else `plugins` in the runtime directory. */
export function pluginDirectory(env: Environment, home: string): string {
  if (env["MUSTER_PLUGIN_DIR"]) return resolve(env["MUSTER_PLUGIN_DIR"]);
  return join(runtimeDirectory(env, home), "plugins");
}
