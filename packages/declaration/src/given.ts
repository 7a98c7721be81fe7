import { MusterError } from "@muster/model";
import { plainData } from "./plain.ts";
import { placeOf, type SourceDocument } from "./source.ts";

/**
 * A declaration that this process has made itself, such as what `defineStack` gives. Throws `declaration.no-data`.
 *
 * @param file what it is called in errors
 */
export function sourceOfValue(value: unknown, file: string): SourceDocument {
  const result = plainData(value);
  if (result.kind === "plain") return { file, data: result.data, locate: (path) => placeOf(path, file) };
  const { detail, path } = result;
  throw new MusterError("declaration.no-data", { file, detail }, { place: { file, ...(path === "" ? {} : { path }) } });
}
