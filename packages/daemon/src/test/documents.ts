import type { Document, Json } from "@muster/model";

/** A stack with one group `web`. */
export function webStack(size: number, template: Json = { "instance-file": {} }, stack = "shop"): Document {
  return { dialect: "muster", data: { stack, groups: { web: { size, template } } } };
}

/** The walk-through's declaration, with its plugins' names. */
export function infrakitGroup(id: string, size: number, instance = "instance-file"): Document {
  return { dialect: "infrakit", data: { ID: id, Properties: infrakitProperties(size, instance) } };
}

export function infrakitProperties(size: number, instance = "instance-file") {
  return {
    Instance: { Plugin: instance, Properties: { Note: "hello" } },
    Flavor: { Plugin: "flavor-vanilla", Properties: { Size: size } },
  };
}
