import type { Flavor } from "@muster/plugin";
import { comboOf } from "./combo.ts";
import { commandIn } from "./command.ts";
import { environment } from "./environment.ts";
import { hooksIn } from "./hooks.ts";
import { httpIn } from "./http.ts";
import type { Environment } from "./surroundings.ts";
import { vanilla } from "./vanilla.ts";

/** All flavors that are part of Muster. Secrets are read from this environment, whenever they are needed. */
export function builtInFlavors(env: Environment): readonly Flavor[] {
  const flavors: readonly Flavor[] = [vanilla, httpIn(env), commandIn(env), hooksIn(env), environment];
  const combo: Flavor = comboOf((name) => [...flavors, combo].find((each) => each.name === name));
  return [...flavors, combo];
}
