import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where state lives: `$MUSTER_STATE_DIR`, else `$XDG_STATE_HOME/muster`, else `~/.local/state/muster`; absolute.
 * An empty variable counts as not set, and so does a relative `XDG_STATE_HOME` (its specification wants it ignored).
 */
export function stateDirectory(env: Environment): string {
  if (env["MUSTER_STATE_DIR"]) return resolve(env["MUSTER_STATE_DIR"]);
  const stateHome = env["XDG_STATE_HOME"];
  if (stateHome && isAbsolute(stateHome)) return join(stateHome, "muster");
  return join(env["HOME"] || homedir(), ".local", "state", "muster");
}

/** The file of the SQLite store in the state directory. */
export function storePath(env: Environment): string {
  return join(stateDirectory(env), "store.sqlite");
}
