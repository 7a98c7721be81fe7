/** Whether things that are there can be declared as they are. */
import { addressOf, MusterError, MusterErrors, ownOf } from "@muster/model";
import type { Catalog, GivenSettings } from "@muster/plugin";
import { checkStack } from "./check.ts";
import { type ResourceEntry, resourcesOf } from "./entries.ts";
import { documentOf } from "./kind.ts";
import { pathText, type SourceDocument } from "./source.ts";
import { stackOf } from "./stack.ts";

/** What stands against it. */
export interface Undeclarable {
  /** Missing where it is not one of its properties alone. */
  readonly property?: string;
  /** In a few words. */
  readonly reason: string;
}

/**
 * What would be found wrong with a stack that has nothing but this entry, or be read of it otherwise than it is. Providers are
 * not asked.
 *
 * @param given what the providers are given beside the stack
 */
export async function undeclarableOf(
  entry: ResourceEntry,
  catalog: Catalog,
  given: GivenSettings,
): Promise<readonly Undeclarable[]> {
  const data = { stack: "found", resources: resourcesOf([entry]) };
  const path = ["resources", entry.type, entry.name];
  const source: Pick<SourceDocument, "data" | "locate"> = {
    data,
    locate: (at) => ({ path: pathText(at.slice(0, 4)) }),
  };
  try {
    const stack = stackOf(documentOf(source), source);
    await checkStack(stack, source, catalog, { given });
    const read = ownOf(stack.resources, addressOf(entry.type, entry.name));
    if (read === undefined) return [{ reason: "it is read as a file that follows groups" }];
    const { id: _, ...properties } = entry.properties;
    // A property that is called as a word of the grammar is read as that word.
    return Object.keys(properties).flatMap((property) => {
      return Object.hasOwn(read.properties, property)
        ? []
        : [{ property, reason: `\`${property}\` is a word of Muster's` }];
    });
  } catch (thrown) {
    const errors = thrown instanceof MusterErrors ? thrown.errors : thrown instanceof MusterError ? [thrown] : [];
    if (errors.length === 0) throw thrown;
    const places = new Map(Object.keys(entry.properties).map((property) => [pathText([...path, property]), property]));
    return errors.map(({ message: reason, place }) => {
      const property = places.get(place?.path ?? "");
      return property === undefined ? { reason } : { property, reason };
    });
  }
}
