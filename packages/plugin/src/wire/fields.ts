/** InfraKit's structures as Go's decoder reads them: keys in any case, what is missing or null is empty. */
import { isObject, type Json, type JsonObject, type Tags } from "@muster/model";

/** A field that holds something of another kind. */
export class WrongField extends Error {
  override readonly name = "WrongField";

  constructor(name: string, wanted: string) {
    super(`${name} must be ${wanted}`);
  }
}

/** The value of a key: written exactly so, else in any case. */
export function field(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const alike = Object.keys(object).find((each) => each.toLowerCase() === wanted);
  return alike === undefined ? undefined : object[alike];
}

export function textField(object: JsonObject, name: string): string {
  const value = field(object, name) ?? "";
  if (typeof value !== "string") throw new WrongField(name, "a text");
  return value;
}

export function flagField(object: JsonObject, name: string): boolean {
  const value = field(object, name) ?? false;
  if (typeof value !== "boolean") throw new WrongField(name, "true or false");
  return value;
}

/** A whole number from 0. */
export function countField(object: JsonObject, name: string): number {
  const value = field(object, name) ?? 0;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new WrongField(name, "a whole number from 0");
  }
  return value;
}

export function objectField(object: JsonObject, name: string): JsonObject {
  const value = field(object, name) ?? {};
  if (!isObject(value)) throw new WrongField(name, "an object");
  return value;
}

export function listField(object: JsonObject, name: string): readonly Json[] {
  const value = field(object, name) ?? [];
  if (!Array.isArray(value)) throw new WrongField(name, "a list");
  return value;
}

export function textsField(object: JsonObject, name: string): readonly string[] {
  return listField(object, name).map((each) => {
    if (typeof each !== "string") throw new WrongField(name, "a list of texts");
    return each;
  });
}

export function tagsField(object: JsonObject, name: string): Tags {
  return tagsOf(objectField(object, name), name);
}

/** An object as tags. @param what how to call it when it is not. */
export function tagsOf(object: JsonObject, what: string): Tags {
  const tags: Record<string, string> = {};
  for (const [key, value] of Object.entries(object)) {
    if (typeof value !== "string") throw new WrongField(what, "an object of texts");
    tags[key] = value;
  }
  return tags;
}
