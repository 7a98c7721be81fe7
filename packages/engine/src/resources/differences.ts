/** What of a thing is otherwise than declared, property by property. What is not declared is not compared. */
import {
  canonical,
  type Effect,
  type Json,
  type JsonObject,
  type Observed,
  ownOf,
  type PropertyChange,
  type ResourceReference,
  sameJson,
} from "@muster/model";
import type { ResourceTraits } from "./traits.ts";

/** What a thing is to be, as far as that is known now. */
export interface Wanted {
  /** With everything put in that was a reference or a secret. */
  readonly properties: JsonObject;
  /** Properties that hold what is not known before something else is made. */
  readonly unknown: Readonly<Record<string, ResourceReference>>;
  /** Properties that may not be shown. */
  readonly secret: ReadonlySet<string>;
  /** Of what is never shown again, the digest of it as it is declared. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What a change does for these values, where that is not what the type says. */
export type AssessedEffects = Readonly<
  Record<
    string,
    { readonly effect: Effect; readonly irreversible?: true; readonly reason: string; readonly next?: string }
  >
>;

export function differencesOf(
  want: Wanted,
  found: Pick<Observed, "properties" | "digests">,
  ignore: readonly string[],
  traits: ResourceTraits,
  assessed: AssessedEffects = {},
): readonly PropertyChange[] {
  const changes: PropertyChange[] = [];
  for (const property in want.properties) {
    if (ignore.includes(property) || isAsWanted(property, want, found, traits)) continue;
    changes.push(changeOf(property, want, found, traits, assessed));
  }
  for (const [property, { text }] of Object.entries(want.unknown)) {
    if (ignore.includes(property)) continue;
    changes.push({ ...changeOf(property, want, found, traits, assessed), unknown: text });
  }
  return changes;
}

/** What a new thing is made with, told in the same way. */
export function beginningsOf(
  want: Wanted,
  { unreadable }: Pick<ResourceTraits, "unreadable">,
): readonly PropertyChange[] {
  const known = Object.entries(want.properties).map(([property, after]): PropertyChange => {
    return want.secret.has(property) || unreadable.has(property)
      ? { property, effect: "in-place", secret: true }
      : { property, after, effect: "in-place" };
  });
  const unknown = Object.entries(want.unknown).map(([property, { text }]): PropertyChange => {
    return { property, effect: "in-place", unknown: text };
  });
  return [...known, ...unknown];
}

function isAsWanted(
  property: string,
  { properties, digests }: Wanted,
  found: Pick<Observed, "properties" | "digests">,
  { unreadable, unordered }: ResourceTraits,
): boolean {
  if (unreadable.has(property)) {
    const made = found.digests?.[property];
    // What was made without a digest (by hand, by another program) cannot be told, and is not made anew for that.
    return made === undefined || made === digests[property];
  }
  const [a, b] = [ownOf(properties, property), found.properties[property]];
  return unordered.has(property) ? sameJson(inOneOrder(a), inOneOrder(b)) : sameJson(a, b);
}

function inOneOrder(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return value;
  const items: readonly Json[] = value;
  return items.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function changeOf(
  property: string,
  want: Wanted,
  found: Pick<Observed, "properties">,
  traits: ResourceTraits,
  assessed: AssessedEffects,
): PropertyChange {
  const told = ownOf(assessed, property);
  const effect = told?.effect ?? ownOf(traits.effects as Readonly<Record<string, Effect>>, property) ?? "replace";
  const irreversible = told === undefined ? traits.irreversible.has(property) : told.irreversible === true;
  const [before, after] = [found.properties[property], ownOf(want.properties, property)];
  const hidden = want.secret.has(property) || traits.unreadable.has(property);
  return {
    property,
    effect,
    ...(hidden
      ? { secret: true }
      : { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }),
    ...(irreversible ? { irreversible: true } : {}),
    ...(told === undefined ? {} : { reason: told.reason }),
    ...(told?.next === undefined ? {} : { next: told.next }),
  };
}
