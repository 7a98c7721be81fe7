/** The one place that knows which types and flavors are part of Muster. */
import { join } from "node:path";
import { builtInFlavors } from "@muster/flavors";
import type { Flavor, Type } from "@muster/plugin";
import { containerIn } from "@muster/provider-container";
import { file, instanceFile, instanceFileSettingsIn } from "@muster/provider-file";
import { processIn, processSettingsIn } from "@muster/provider-process";
import { stateDirectory } from "@muster/store";
import type { Environment } from "./cli.ts";

export interface Builtins {
  readonly types: readonly Type[];
  readonly flavors: readonly Flavor[];
}

/** With the settings that they have where nobody says otherwise. */
export function builtinsOf(env: Environment): Builtins {
  const placeOf = (type: Pick<Type, "name">) => join(stateDirectory(env), type.name);
  const instanceFiles: typeof instanceFile = {
    ...instanceFile,
    settings: instanceFileSettingsIn(placeOf(instanceFile)),
  };
  const process = processIn(env);
  const processes: typeof process = { ...process, settings: processSettingsIn(placeOf(process)) };
  return { types: [instanceFiles, file, processes, containerIn(env)], flavors: builtInFlavors(env) };
}
