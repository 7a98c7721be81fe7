import { type JsonObject, MusterError } from "@muster/model";
import type { Io, Plugin } from "@muster/plugin";
import type { DefinedPlugin } from "./plugin.ts";

/**
 * Opens what a plugin defines, ready to be served. Throws `settings.bad` when these are not its settings, and the
 * `ProviderError` of what could not be opened.
 */
export async function openPlugin(plugin: DefinedPlugin, settings: JsonObject, io: Io): Promise<Plugin> {
  const { name, version, flavors } = plugin;
  const read = plugin.settings.safeParse(settings);
  if (!read.success) {
    const detail = read.error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; ");
    throw new MusterError("settings.bad", { name, detail });
  }
  const types = await Promise.all(
    plugin.types.map(async (type) => ({ type, provider: await type.open(read.data, io) })),
  );
  return { name, version, types, flavors, io };
}
