import { type Document, isObject, type JsonObject, MusterError } from "@muster/model";
import type { SourceDocument } from "./source.ts";
import { described } from "./values.ts";

/**
 * Whose grammar a declaration follows, told by its keys: `stack` is Muster's; `ID` and `Properties` are InfraKit's, in any
 * case, as InfraKit itself takes them. Throws `declaration.unknown-kind`, `.empty` and `.wrong-kind`.
 */
export function documentOf(source: Pick<SourceDocument, "data" | "locate">): Document {
  const { data } = source;
  const place = source.locate([], "value");
  if (!isObject(data)) {
    const words = { what: "a declaration", wanted: "a mapping of keys to values", found: described(data) };
    throw new MusterError("declaration.wrong-kind", words, { place });
  }
  const dialect = dialectOf(data);
  if (dialect === undefined) throw new MusterError("declaration.unknown-kind", {}, { place });
  return { dialect, data };
}

function dialectOf(data: JsonObject): Document["dialect"] | undefined {
  if (Object.hasOwn(data, "stack")) return "muster";
  const keys = new Set(Object.keys(data).map((key) => key.toLowerCase()));
  return keys.has("id") && keys.has("properties") ? "infrakit" : undefined;
}
