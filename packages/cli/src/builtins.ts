/** The one place that knows which types and flavors are part of Muster. */
import { join } from "node:path";
import { builtInFlavors } from "@muster/flavors";
import type { Flavor, TaskType, Type } from "@muster/plugin";
import { commandTaskIn } from "@muster/provider-command";
import { containerIn } from "@muster/provider-container";
import { digitaloceanIn } from "@muster/provider-digitalocean";
import { directory, file, instanceFile, instanceFileSettingsIn } from "@muster/provider-file";
import { processIn, processSettingsIn } from "@muster/provider-process";
import { vmIn, vmSettingsIn } from "@muster/provider-vm";
import { stateDirectory } from "@muster/store";
import type { Environment } from "./cli.ts";
import { imageDirectoryIn } from "./image-directory.ts";

export interface Builtins {
  readonly types: readonly Type[];
  readonly tasks: readonly TaskType[];
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
  const vm = vmIn(env);
  const machines: typeof vm = { ...vm, settings: vmSettingsIn(placeOf(vm), imageDirectoryIn(env)) };
  const { droplet, domain, tag, sshKey } = digitaloceanIn(env);
  return {
    types: [instanceFiles, file, directory, processes, containerIn(env), machines, droplet, domain, tag, sshKey],
    tasks: [commandTaskIn(env)],
    flavors: builtInFlavors(env),
  };
}
