import { type Flavor, instanceSpec } from "@muster/plugin";

/** Treats members as nothing but what they are. */
export function plainFlavor(name = "vanilla"): Flavor {
  return { name, summary: "nothing besides", schema: instanceSpec.pick({}), effects: {} };
}
