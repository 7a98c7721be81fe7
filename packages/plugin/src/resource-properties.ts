import { type Json, type JsonObject, type ResourceDeclaration, resourceReferencesIn } from "@muster/model";
import type { ResourceType } from "./contract.ts";
import { isSecret } from "./secret.ts";

/** What a resource must be: its properties as they are written, and its name in the property that names the thing. */
export function wantedOf(
  { name, properties }: Pick<ResourceDeclaration, "name" | "properties">,
  { naming }: Pick<ResourceType, "naming">,
): JsonObject {
  return naming === undefined || Object.hasOwn(properties, naming) ? properties : { [naming]: name, ...properties };
}

/** What is known of it before anything is made: without secrets, and without what is another thing's whole value. */
export function plainlyKnown(properties: JsonObject): JsonObject {
  if (!Object.values(properties).some(isOpen)) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => !isOpen(value)));
}

/** A text with a reference in it is a text in any case; what else holds one may come to be of any kind. */
function isOpen(value: Json): boolean {
  if (typeof value !== "string" && typeof value !== "object") return false;
  if (isSecret(value)) return true;
  return resourceReferencesIn(value).some(({ text, path }) => path.length > 0 || text === value);
}
