import { type Json, MusterError } from "@muster/model";
import { asProviderError, errorCodeOf, type Type } from "@muster/plugin";
import { type GroupPlaces, valueAt } from "./places.ts";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";

/**
 * That a provider does not want a resource to be so, or could not be asked: in the line of the property that is at fault,
 * where that is known and written down.
 *
 * @param data the document as it was written
 */
export function noteRefused(
  thrown: unknown,
  { name, path }: { readonly name: string; readonly path: Path },
  data: Json,
  problems: Problems,
): void {
  const { kind, message: detail, property } = asProviderError(thrown);
  if (thrown instanceof MusterError) {
    problems.addError(thrown);
  } else if (kind !== "invalid") {
    problems.add(errorCodeOf(kind), { name, detail }, path, "key");
  } else {
    const at = property === undefined ? undefined : [...path, property];
    const isWritten = at !== undefined && valueAt(data, at) !== undefined;
    problems.add("declaration.refused", { name, detail }, isWritten ? at : path, isWritten ? "value" : "key");
  }
}

/** What a provider does not want to make, or why it could not be asked. */
export function noteRefusal(thrown: unknown, type: Type, places: GroupPlaces, problems: Problems): void {
  const { kind, message, property } = asProviderError(thrown);
  const words = { name: type.name, type: type.name, detail: message };
  if (thrown instanceof MusterError) {
    problems.addError(thrown);
  } else if (kind !== "invalid") {
    problems.add(errorCodeOf(kind), words, places.type.path, places.type.what);
  } else {
    const guilty = property ?? (type.known === "claim" ? type.naming : undefined);
    const path = guilty === undefined ? places.type.path : places.property([guilty]);
    const fix = "Change what it is to be, or its provider's settings.";
    problems.add("declaration.not-manageable", { ...words, fix }, path);
  }
}

/** That a flavor cannot treat a group of these slots so. */
export function noteFlavorRefusal(
  thrown: unknown,
  flavor: string,
  group: string,
  places: GroupPlaces,
  problems: Problems,
): void {
  const { path, what } = places.flavor;
  const { kind, message } = asProviderError(thrown);
  if (thrown instanceof MusterError) {
    problems.addError(thrown);
  } else if (kind !== "invalid") {
    problems.add(errorCodeOf(kind), { name: flavor, detail: message }, path, what);
  } else {
    const words = { type: flavor, what: `group \`${group}\``, detail: `cannot be treated so: ${message}` };
    problems.add("declaration.bad-property", words, path, what);
  }
}
