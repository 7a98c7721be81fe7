import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { didYouMean, MusterError, nearest, systemCodeOf } from "@muster/model";
import { pluginName } from "@muster/plugin";
import type { Cli } from "../cli.ts";
import { pluginDirectory } from "../places.ts";

/** The file of a plugin by its name in the plugin directory, or by its path. Throws `plugin.not-found`. */
export function pluginFile({ env, cwd }: Cli, plugin: string): string {
  if (plugin.includes("/")) return existing(resolve(cwd, plugin));
  const files = pluginFiles(pluginDirectory(env));
  const found = files.find((file) => pluginName(file) === plugin);
  if (found !== undefined) return found;
  const candidate = nearest(plugin, files.map(pluginName));
  throw new MusterError("plugin.not-found", { name: plugin, nearest: didYouMean(candidate) });
}

function existing(path: string): string {
  if (existsSync(path)) return path;
  throw new MusterError("plugin.not-found", { name: path, nearest: "" });
}

/** What lies in the plugin directory: sockets and `.listen` files. One that is not there holds nothing. */
export function pluginFiles(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    const plugins = entries.filter((entry) => entry.isSocket() || (entry.isFile() && entry.name.endsWith(".listen")));
    return plugins.map(({ name }) => join(directory, name)).sort();
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}
