/** The one place that knows which types and flavors are part of Muster. */
import { join } from "node:path";
import { builtInFlavors } from "@muster/flavors";
import type { Flavor, Type } from "@muster/plugin";
import { file, instanceFile, instanceFileSettingsIn } from "@muster/provider-file";
import { stateDirectory } from "@muster/store";
import type { Environment } from "./cli.ts";

export interface Builtins {
  readonly types: readonly Type[];
  readonly flavors: readonly Flavor[];
}

/** With the settings that they have where nobody says otherwise. */
export function builtinsOf(env: Environment): Builtins {
  const directory = join(stateDirectory(env), instanceFile.name);
  const placed: typeof instanceFile = { ...instanceFile, settings: instanceFileSettingsIn(directory) };
  return { types: [placed, file], flavors: builtInFlavors(env) };
}
