import { versionWord } from "@muster/engine";
import type { Document, GroupDeclaration, Stack } from "@muster/model";
import type { Catalog } from "@muster/plugin";
import type { Declaration } from "@muster/store";
import { versionIn } from "./bind.ts";

/**
 * The groups whose version had been carried through to everyone, as far as the catalog can tell.
 *
 * @param remembered what is remembered of a group to have been (`Memory.proven`)
 */
export async function provenOf(
  before: Declaration | undefined,
  was: Stack | undefined,
  catalog: Catalog,
  remembered: (group: string) => Promise<string | null>,
): Promise<ReadonlySet<string>> {
  const proven = new Set<string>();
  if (before === undefined || was === undefined) return proven;
  for (const group of Object.values(was.groups)) {
    if (isProven(group, before.document.dialect, catalog, await remembered(group.name))) proven.add(group.name);
  }
  return proven;
}

/** @param remembered what is remembered of the group to have been (`Memory.proven`) */
export function isProven(
  group: GroupDeclaration,
  dialect: Document["dialect"],
  catalog: Catalog,
  remembered: string | null,
): boolean {
  const version = versionIn(catalog, group, dialect);
  return version !== undefined && remembered === versionWord(version);
}
