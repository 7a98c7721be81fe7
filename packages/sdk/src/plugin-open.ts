import type { JsonObject } from "@muster/model";
import { type Io, type Plugin, readSettings } from "@muster/plugin";
import type { DefinedPlugin } from "./plugin.ts";

/**
 * Opens what a plugin defines, ready to be served. Throws `settings.bad` when these are not its settings, and the
 * `ProviderError` of what could not be opened.
 */
export async function openPlugin(plugin: DefinedPlugin, settings: JsonObject, io: Io): Promise<Plugin> {
  const { name, version, flavors } = plugin;
  const own = readSettings(name, plugin.settings, settings);
  const types = await Promise.all(plugin.types.map(async (type) => ({ type, provider: await type.open(own, io) })));
  return { name, version, types, flavors, io };
}
