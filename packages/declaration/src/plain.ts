import type { Json } from "@muster/model";
import { type Path, pathText } from "./source.ts";
import { MAX_DEPTH, refusedKeys } from "./tree.ts";

export type PlainData =
  | { readonly kind: "plain"; readonly data: Json }
  | { readonly kind: "refused"; readonly detail: string; readonly path: string };

/** A program's value as plain data, if it is nothing else. What is undefined in a mapping is left out, as in JSON. */
export function plainData(value: unknown): PlainData {
  const around = new Set<unknown>();
  const refuse = (detail: string, path: Path): never => {
    throw new Refused(detail, path);
  };

  const plain = (value: unknown, path: Path): Json => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : refuse(`is ${value}`, path);
    if (typeof value !== "object") return refuse(`is ${kindOf(value)}`, path);
    if (around.has(value)) return refuse("holds itself", path);
    if (path.length >= MAX_DEPTH) return refuse(`is nested deeper than ${MAX_DEPTH} levels`, path);
    around.add(value);
    const data = Array.isArray(value)
      ? Array.from(value, (item, index) => plain(item, [...path, index]))
      : mapping(value, path);
    around.delete(value);
    return data;
  };

  const mapping = (value: object, path: Path): Json => {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      return refuse(`is a ${prototype.constructor?.name ?? "thing of a class"}, which is not plain data`, path);
    }
    if (Object.getOwnPropertySymbols(value).length > 0) return refuse("has a symbol as a key", path);
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    for (const [key] of entries) if (refusedKeys.has(key)) return refuse("cannot be used as a key", [...path, key]);
    return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner, [...path, key])]));
  };

  try {
    return { kind: "plain", data: plain(value, []) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const path = pathText(error.path);
    return { kind: "refused", detail: `${path === "" ? "the default export" : `\`${path}\``} ${error.detail}`, path };
  }
}

class Refused extends Error {
  readonly detail: string;
  readonly path: Path;

  constructor(detail: string, path: Path) {
    super(detail);
    this.detail = detail;
    this.path = path;
  }
}

function kindOf(value: unknown): string {
  return value === undefined ? "undefined" : `a ${typeof value}`;
}
