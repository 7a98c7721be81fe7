import { statSync } from "node:fs";
import type { DaemonOptions } from "../options.ts";
import { openCatalog, type PluginCatalog } from "./catalog.ts";

export type CatalogOptions = Pick<DaemonOptions, "builtins" | "pluginDirectory" | "outside" | "onNotice">;

/** The catalog for whoever only looks: a plugin directory that is not there is not made, and holds nothing. */
export async function openCatalogToLook(options: CatalogOptions): Promise<PluginCatalog> {
  const { builtins, pluginDirectory, outside, onNotice } = options;
  const isThere = pluginDirectory !== undefined && statSync(pluginDirectory, { throwIfNoEntry: false }) !== undefined;
  const directory = isThere ? pluginDirectory : undefined;
  return openCatalog(builtins, directory, { clock: outside.clock, own: undefined, onNotice });
}
