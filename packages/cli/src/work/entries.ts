/** Things as entries of a stack. */
import type { Inspector, Thing } from "@muster/daemon";
import type { ResourceEntry } from "@muster/declaration";
import type { JsonObject } from "@muster/model";

/**
 * What is declared of things to have them as they are. Where the name alone does not tell which thing is meant, its id stands
 * in the entry.
 *
 * @param all what can only be read is told too, as notes
 * @param byId the id is what was asked for
 */
export function entriesOf(
  things: readonly Thing[],
  naming: string | undefined,
  { all, byId }: { readonly all: boolean; readonly byId: boolean },
): readonly ResourceEntry[] {
  const called = new Map<string, number>();
  for (const { name } of things) called.set(name, (called.get(name) ?? 0) + 1);
  return things.map((thing) => {
    const isShared = (called.get(thing.name) ?? 0) > 1;
    const needsId = thing.id !== thing.name && (isShared || byId);
    const key = keyOf(thing, isShared);
    return {
      ...{ type: thing.type, name: key },
      properties: {
        ...(needsId || naming === undefined ? { id: thing.id } : {}),
        ...declaredOf(thing, naming, key),
      },
      notes: notesOf(thing, needsId, all),
    };
  });
}

/** Two of one name need two keys; and a key stands on one line, without braces. */
function keyOf({ name, id }: Thing, isShared: boolean): string {
  return (isShared ? `${name}-${id}` : name).replaceAll(/[{}\p{Cc}\u2028\u2029]/gu, "_");
}

/** The property that names a thing goes without saying where the key is the same. */
function declaredOf({ properties }: Thing, naming: string | undefined, key: string): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).filter(([property, value]) => property !== naming || value !== key),
  );
}

/** The entries without what cannot be declared; why not is said of each. */
export function declarable(
  entries: readonly ResourceEntry[],
  inspector: Pick<Inspector, "undeclarable">,
): Promise<readonly ResourceEntry[]> {
  return Promise.all(
    entries.map(async ({ properties, notes, ...entry }) => {
      const against = await inspector.undeclarable({ ...entry, properties, notes });
      const reasons = against.map(({ property, reason }) => {
        return property === undefined ? `cannot be declared as it is: ${reason}` : `${property} is left out: ${reason}`;
      });
      const left = new Set(against.map(({ property }) => property));
      const kept = Object.fromEntries(Object.entries(properties).filter(([property]) => !left.has(property)));
      return { ...entry, properties: kept, notes: [...new Set([...notes, ...reasons])] };
    }),
  );
}

function notesOf(
  { id, name, owner, reason, outputs, secrets }: Thing,
  hasId: boolean,
  all: boolean,
): readonly string[] {
  return [
    ...(id === name || hasId ? [] : [`id ${id}`]),
    ...(owner === undefined ? [] : [`belongs to ${owner.words}`]),
    ...(reason === undefined ? [] : [reason]),
    ...secrets.map((property) => `${property}: (secret)`),
    ...(all ? Object.entries(outputs).map(([property, value]) => `${property}: ${JSON.stringify(value)}`) : []),
  ];
}
