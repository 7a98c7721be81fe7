import { canonical, type GroupDeclaration, type JsonObject, resolveSelf, type Self, type Stack } from "@muster/model";
import type { ClaimedType, Type } from "@muster/plugin";

/** The properties as one member of the group would have them: references are filled in with words of their kind. */
export function exampleOf(group: GroupDeclaration, stack: Stack, type: Type): JsonObject {
  return resolve(group, type, exampleSelf(group, stack));
}

/** What the flavor is told of that member. */
export function exampleFlavorOf(group: GroupDeclaration, stack: Stack): JsonObject {
  return resolveSelf(group.flavor.properties, exampleSelf(group, stack));
}

function exampleSelf(group: GroupDeclaration, stack: Stack): Self {
  const [first = "example"] = group.slots.kind === "named" ? group.slots.names : ["0"];
  const id = group.slots.kind === "named" ? first : "0123456789ab";
  return { stack: stack.name, group: group.name, slot: first, id, port: "20000" };
}

/**
 * True when no two creates would ever give the same name. A place that has a number is filled anew under the same
 * number, so there only the id tells the old from the new; a named member comes back as itself.
 */
export function keepsNamesApart(group: GroupDeclaration, stack: Stack, type: ClaimedType): boolean {
  const named = group.slots.kind === "named";
  const self = (word: string): Self => ({ stack: stack.name, group: group.name, slot: named ? word : "0", id: word });
  const [one, other] = ["a", "b"].map((word) => resolve(group, type, self(word))[type.naming]);
  return one !== other;
}

/** What only one member can hold, and each of them would: a port that is the same for all. */
export function heldByEach(group: GroupDeclaration, stack: Stack, type: Type): readonly string[] {
  const [one = [], other = []] = ["0", "1"].map((word) => {
    const self = { stack: stack.name, group: group.name, slot: word, id: word, port: `2000${word}` };
    return type.exclusive?.(resolve(group, type, self)) ?? [];
  });
  return one.filter((held) => other.includes(held));
}

/** True when every member has the same there, whichever place and port it gets. */
export function isOneForAll(key: string, group: GroupDeclaration, stack: Stack, type: Type): boolean {
  const self = (word: string, port: string): Self => ({
    ...{ stack: stack.name, group: group.name },
    ...{ slot: word, id: word, port },
  });
  const [one, other] = [self("0", "20000"), self("1", "20001")].map((each) => resolve(group, type, each)[key] ?? null);
  return canonical(one ?? null) === canonical(other ?? null);
}

function resolve(group: GroupDeclaration, type: Type, self: Self): JsonObject {
  return resolveSelf(group.template.properties, self, type.known === "claim" ? type.naming : undefined);
}
