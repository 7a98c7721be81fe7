/** The one place that knows which types and flavors are part of Muster. */
import { join } from "node:path";
import { combo, vanilla } from "@muster/flavors";
import type { JsonObject } from "@muster/model";
import type { Flavor, Type } from "@muster/plugin";
import { file, instanceFile } from "@muster/provider-file";
import { stateDirectory } from "@muster/store";
import type { Environment } from "./cli.ts";

export interface Builtins {
  readonly types: readonly Type[];
  readonly flavors: readonly Flavor[];
}

export const builtins: Builtins = { types: [instanceFile, file], flavors: [vanilla, combo] };

/** What the built-in types are opened with where nothing else is said, by type. */
export function defaultSettings(env: Environment): Readonly<Record<string, JsonObject>> {
  return { [instanceFile.name]: { dir: join(stateDirectory(env), instanceFile.name) } };
}
