import { dirname, resolve } from "node:path";
import { type Document, isObject, type Json, type JsonObject, MusterError } from "@muster/model";
import type { SourceDocument } from "./source.ts";
import { described } from "./values.ts";

/**
 * Whose grammar a declaration follows, told by its keys: `stack` is Muster's; `ID` and `Properties` are InfraKit's, in any
 * case, as InfraKit itself takes them. Throws `declaration.unknown-kind`, `.empty` and `.wrong-kind`.
 */
export function documentOf(
  source: Pick<SourceDocument, "data" | "locate"> & Partial<Pick<SourceDocument, "file">>,
): Document {
  const { data } = source;
  const place = source.locate([], "value");
  if (!isObject(data)) {
    const words = { what: "a declaration", wanted: "a mapping of keys to values", found: described(data) };
    throw new MusterError("declaration.wrong-kind", words, { place });
  }
  const dialect = dialectOf(data);
  if (dialect === undefined) throw new MusterError("declaration.unknown-kind", {}, { place });
  return { dialect, data: withAbsoluteSettings(data, source.file) };
}

/**
 * Settings that begin with `./` or `../` are paths beside the file they stand in. They are made absolute here, where the
 * file is known: whoever keeps the stack later may stand anywhere.
 */
function withAbsoluteSettings(data: JsonObject, file: string | undefined): JsonObject {
  const providers = data["providers"];
  if (file === undefined || !isObject(providers)) return data;
  const absolute = Object.entries(providers).map(([name, settings]) => [name, besideFile(settings, dirname(file))]);
  return { ...data, providers: Object.fromEntries(absolute) };
}

function besideFile(settings: Json, directory: string): Json {
  if (!isObject(settings)) return settings;
  const entries = Object.entries(settings).map(([name, value]) => {
    const isPath = typeof value === "string" && /^\.\.?(\/|$)/.test(value);
    return [name, isPath ? resolve(directory, value) : value];
  });
  return Object.fromEntries(entries);
}

function dialectOf(data: JsonObject): Document["dialect"] | undefined {
  if (Object.hasOwn(data, "stack")) return "muster";
  const keys = new Set(Object.keys(data).map((key) => key.toLowerCase()));
  return keys.has("id") && keys.has("properties") ? "infrakit" : undefined;
}
