/** The keys of InfraKit's documents, which may be written in any case. */
import type { Json, JsonObject } from "@muster/model";
import type { Problems } from "./problems.ts";
import type { Path } from "./source.ts";
import { noteUnknownKey } from "./values.ts";

/** The value of a key, and the way to it as it is written; undefined where it is missing or null. */
export interface Found {
  readonly value: Json | undefined;
  readonly path: Path;
}

/** Finds the known keys in any case. InfraKit passes over others; here they are noted, because they are slips. */
export function readKeys<K extends string>(
  mapping: JsonObject,
  path: Path,
  known: readonly K[],
  problems: Problems,
): Readonly<Record<K, Found>> {
  const found = new Map<string, Found>();
  for (const [key, value] of Object.entries(mapping)) {
    const name = known.find((each) => each.toLowerCase() === key.toLowerCase());
    const first = name === undefined ? undefined : found.get(name);
    if (name === undefined) noteUnknownKey(key, path, known, problems);
    else if (first) noteTwice(key, first, path, problems);
    else found.set(name, { value: value ?? undefined, path: [...path, key] });
  }
  const entries = known.map((key) => [key, found.get(key) ?? { value: undefined, path: [...path, key] }]);
  return Object.fromEntries(entries) as Record<K, Found>;
}

function noteTwice(key: string, first: Found, path: Path, problems: Problems): void {
  const { line } = problems.locate(first.path, "key");
  problems.add("declaration.duplicate-key", { key, first: line ?? "unknown" }, [...path, key], "key");
}

export function isGiven(found: Found): boolean {
  return found.value !== undefined;
}
