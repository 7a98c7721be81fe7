import type { Document, Json, Place } from "@muster/model";

/** The way to a value: keys of mappings and indexes of lists, from the top of the document. */
export type Path = readonly (string | number)[];

/** Where in the text: at the key that leads to a value, or at the value itself. */
export type What = "key" | "value";

/** A declaration as it was read: plain data, and where each part of it stands. */
export interface SourceDocument {
  /** As it was named by whoever asked for it. */
  readonly file: string;
  readonly data: Json;
  /**
   * Where something stands; of what is not there, the nearest thing around it that is.
   *
   * @param within so far into a text: told where its lines are the file's own lines (a block in YAML)
   */
  locate(path: Path, what: What, within?: number): Place;
}

/**
 * A document that has no text any more, because it comes from the store or from a caller: places are paths only.
 *
 * @param file which it was declared in, where that is known
 */
export function sourceOf(document: Document, file?: string): Pick<SourceDocument, "data" | "locate"> {
  return { data: document.data, locate: (path) => placeOf(path, file) };
}

/** A place that is known by its path only. */
export function placeOf(path: Path, file?: string): Place {
  return { ...(file === undefined ? {} : { file }), ...(path.length === 0 ? {} : { path: pathText(path) }) };
}

/** `groups.web.members[2]`; keys that are more than a word stand in quotes. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}
