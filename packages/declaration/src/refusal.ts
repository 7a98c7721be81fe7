import { MusterError } from "@muster/model";
import { asProviderError, errorCodeOf, type Type } from "@muster/plugin";
import type { GroupPlaces } from "./places.ts";
import type { Problems } from "./problems.ts";

/** What a provider does not want to make, or why it could not be asked. */
export function noteRefusal(thrown: unknown, type: Type, places: GroupPlaces, problems: Problems): void {
  const { kind, message } = asProviderError(thrown);
  const words = { name: type.name, type: type.name, detail: message };
  if (thrown instanceof MusterError) {
    problems.addError(thrown);
  } else if (kind !== "invalid") {
    problems.add(errorCodeOf(kind), words, places.type.path, places.type.what);
  } else {
    const path = type.known === "claim" ? places.property([type.naming]) : places.type.path;
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
