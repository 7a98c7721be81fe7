import { type Document, isObject, type Json, type JsonObject } from "@muster/model";
import { isVanilla } from "./infrakit.ts";
import type { Path, What } from "./source.ts";

/** Where the parts of a group stand in its document: what a schema complains about has to be found there. */
export interface GroupPlaces {
  readonly group: Path;
  readonly type: { readonly path: Path; readonly what: What };
  readonly flavor: { readonly path: Path; readonly what: What };
  /** Of a property of the template, or of the flavor, as the `Stack` has it. */
  property(inner: Path): Path;
  flavorProperty(inner: Path): Path;
}

export function placesOf(document: Document, group: string, type: string, flavor: string): GroupPlaces {
  return document.dialect === "muster" ? musterPlaces(group, type, flavor) : infrakitPlaces(document.data, flavor);
}

function musterPlaces(group: string, type: string, flavor: string): GroupPlaces {
  const path: Path = ["groups", group];
  const template: Path = [...path, "template", type];
  const treated: Path = [...path, "flavor", flavor];
  return {
    group: path,
    type: { path: template, what: "key" },
    flavor: { path: treated, what: "key" },
    property: (inner) => [...template, ...inner],
    flavorProperty: (inner) => [...treated, ...inner],
  };
}

/** A template made from an InfraKit document has all that was written under its one key `properties`. */
function infrakitPlaces(data: JsonObject, flavor: string): GroupPlaces {
  const written = (...path: Path): Path => asWritten(data, path);
  const instance: Path = ["Properties", "Instance"];
  const treated: Path = ["Properties", "Flavor"];
  return {
    group: [],
    type: { path: written(...instance, "Plugin"), what: "value" },
    flavor: { path: written(...treated, "Plugin"), what: "value" },
    property: (inner) => [...written(...instance, "Properties"), ...inner.slice(1)],
    flavorProperty([first, ...others]) {
      const path = written(...treated, "Properties");
      if (first === undefined) return path;
      if (!isVanilla(flavor)) return [...path, first, ...others];
      return [...written(...treated, "Properties", vanillaWord(data, first)), ...others];
    },
  };
}

/** The walk-through's word for a property of vanilla, where the later one is not written. */
function vanillaWord(data: JsonObject, property: string | number): string {
  const [later, earlier] = property === "init" ? ["Init", "UserData"] : ["Tags", "Labels"];
  const path: Path = ["Properties", "Flavor", "Properties", later];
  return valueAt(data, asWritten(data, path)) === undefined ? earlier : later;
}

/** A path with InfraKit's keys in the case that the document has them in. */
export function asWritten(data: Json, path: Path): Path {
  const [step, ...others] = path;
  if (step === undefined) return [];
  const found = isObject(data)
    ? Object.keys(data).find((key) => key.toLowerCase() === String(step).toLowerCase())
    : undefined;
  if (found === undefined || !isObject(data)) return path;
  return [found, ...asWritten(data[found] ?? null, others)];
}

/** The value that a path leads to; undefined where it leads nowhere. */
export function valueAt(data: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, data);
}
