import { type DeclaredGroup, type Goal, type Traits, traitsOf } from "@muster/engine";
import {
  changeable,
  type Document,
  didYouMean,
  type GroupDeclaration,
  type JsonObject,
  type MarkCodec,
  MusterError,
  musterMarks,
  nearest,
} from "@muster/model";
import { type Catalog, type Flavor, groupRevision, infrakitMarks, type Provider, type Type } from "@muster/plugin";
import type { Providers } from "./providers.ts";

/** What a controller is told of its group: the declaration, and what a person wants done with it. */
export interface Assignment {
  readonly stack: string;
  readonly generation: number;
  readonly goal: Goal;
  readonly dialect: Document["dialect"];
  readonly group: GroupDeclaration;
  /** What a type is opened with. InfraKit's documents call types by other names than their own: the type's own counts. */
  readonly settings: (type: string) => JsonObject;
}

/** A group with everything that is needed to look at it and to act on it. */
export interface BoundGroup {
  readonly assignment: Assignment;
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  readonly type: Type;
  readonly settings: JsonObject;
  readonly provider: Provider;
  readonly flavor: Flavor;
  readonly marks: MarkCodec;
}

/** Finds the group's type and flavor and opens its provider. Throws when one of them is not there. */
export async function bind(assignment: Assignment, catalog: Catalog, providers: Providers): Promise<BoundGroup> {
  const { group, dialect } = assignment;
  const type = catalog.type(group.template.name, dialect);
  if (type === undefined) throw unknown("declaration.unknown-type", group.template.name, catalog.typeNames());
  const flavor = catalog.flavor(group.flavor.name, dialect);
  if (flavor === undefined) throw unknown("declaration.unknown-flavor", group.flavor.name, catalog.flavorNames());
  const settings = assignment.settings(type.name);
  const provider = await providers.open(type, settings);
  const { marking } = group;
  return {
    assignment,
    declared: {
      stack: assignment.stack,
      name: group.name,
      generation: assignment.generation,
      goal: assignment.goal,
      slots: group.slots,
      revision: groupRevision(group, type.effects, flavor.effects),
      // InfraKit knows no change in place: whatever is written otherwise is had by replacing.
      changeable: marking.kind === "infrakit" ? {} : changeable(group.template.properties, type.effects),
      rollout: group.rollout,
    },
    traits: traitsOf(type),
    type,
    settings,
    provider,
    flavor,
    marks: marking.kind === "infrakit" ? infrakitMarks(marking) : musterMarks,
  };
}

/** True when a bound group is still bound to what the catalog has under these names. */
export function isStillBound(bound: BoundGroup, assignment: Assignment, catalog: Catalog): boolean {
  const { group, dialect } = assignment;
  return (
    bound.assignment === assignment &&
    catalog.type(group.template.name, dialect) === bound.type &&
    catalog.flavor(group.flavor.name, dialect) === bound.flavor
  );
}

function unknown(
  code: "declaration.unknown-type" | "declaration.unknown-flavor",
  name: string,
  known: readonly string[],
): MusterError {
  return new MusterError(code, { name, nearest: didYouMean(nearest(name, known)), known: known.join(", ") });
}
