import { isDeepStrictEqual } from "node:util";
import {
  type DeclaredGroup,
  type Goal,
  placeOf,
  policyOf,
  type Steered,
  selfOf,
  type Traits,
  type Version,
} from "@muster/engine";
import {
  changeable,
  type Document,
  didYouMean,
  type Effects,
  type GroupDeclaration,
  type JsonObject,
  type Mark,
  type MarkCodec,
  MusterError,
  musterMarks,
  nearest,
  refersTo,
  resolveSelf,
  type Tags,
} from "@muster/model";
import {
  type Catalog,
  type Flavor,
  groupRevision,
  infrakitMarks,
  type Kin,
  type Provider,
  ProviderError,
  type Type,
} from "@muster/plugin";
import type { HostPorts } from "./host-ports.ts";
import type { Providers } from "./providers.ts";

/** What a controller is told of its group: the declaration, and what a person wants done with it. */
export interface Assignment {
  readonly stack: string;
  readonly generation: number;
  readonly goal: Goal;
  readonly dialect: Document["dialect"];
  readonly group: GroupDeclaration;
  /** The group as its version before was; undefined when there is none. */
  readonly former: GroupDeclaration | undefined;
  readonly steered: Steered;
  /** What a type is opened with. InfraKit's documents call types by other names than their own: the type's own counts. */
  readonly settings: (type: Kin) => JsonObject;
}

/** How the members of one version are made, told and treated. */
export interface Treatment {
  readonly group: GroupDeclaration;
  readonly flavor: Flavor;
  readonly marks: MarkCodec;
}

/** A group with everything that is needed to look at it and to act on it. */
export interface BoundGroup {
  readonly assignment: Assignment;
  readonly declared: DeclaredGroup;
  readonly traits: Traits;
  readonly type: Type;
  readonly settings: JsonObject;
  readonly provider: Provider;
  /** Where its members are given ports from. Missing for whoever only looks. */
  readonly hostPorts?: HostPorts | undefined;
  readonly treatments: Readonly<Record<Version["version"], Treatment>>;
}

/** What a group is bound with. */
export interface BindDeps {
  readonly catalog: Catalog;
  readonly providers: Providers;
  readonly hostPorts?: HostPorts | undefined;
}

/** Finds the group's type and flavor and opens its provider. Throws when one of them is not there. */
export async function bind(assignment: Assignment, { catalog, providers, hostPorts }: BindDeps): Promise<BoundGroup> {
  const { group, former, dialect } = assignment;
  const type = catalog.type(group.template.name, dialect);
  if (type === undefined) throw unknown("declaration.unknown-type", group.template.name, catalog.typeNames());
  const flavor = catalog.flavor(group.flavor.name, dialect);
  if (flavor === undefined) throw unknown("declaration.unknown-flavor", group.flavor.name, catalog.flavorNames());
  // A version whose flavor is not there any more cannot be gone back to.
  const formerFlavor = former === undefined ? undefined : catalog.flavor(former.flavor.name, dialect);
  const before =
    former === undefined || formerFlavor === undefined ? undefined : { group: former, flavor: formerFlavor };
  const settings = assignment.settings(type);
  const provider = await providers.open(type, settings);
  return {
    assignment,
    declared: declaredAs(assignment, type, flavor, formerFlavor),
    traits: { settleMs: type.settleMs, local: type.local },
    type,
    settings,
    provider,
    hostPorts,
    treatments: {
      declared: { group, flavor, marks: marksOf(group) },
      former: before ? { ...before, marks: marksOf(before.group) } : { group, flavor, marks: marksOf(group) },
    },
  };
}

/**
 * A group as the engine needs it.
 *
 * @param formerFlavor how the members of its version before are treated; undefined: there is none to go back to
 */
export function declaredAs(
  assignment: Assignment,
  type: Type,
  flavor: Flavor,
  formerFlavor: Flavor | undefined,
): DeclaredGroup {
  const { stack, generation, goal, steered, group, former } = assignment;
  const isKnown = former !== undefined && formerFlavor !== undefined;
  return {
    ...{ stack, generation, goal, steered, name: group.name, slots: group.slots },
    ...versionOf("declared", group, type, flavor),
    former: isKnown ? versionOf("former", former, type, formerFlavor) : undefined,
    ...policyOf(group, {
      ...{ local: type.local, exclusive: isExclusive(assignment, type), startupMs: type.startupMs },
    }),
  };
}

/** What a group's members are declared to be; undefined where its type or flavor is not there. */
export function versionIn(
  catalog: Catalog,
  group: GroupDeclaration,
  dialect: Document["dialect"],
): Version | undefined {
  const type = catalog.type(group.template.name, dialect);
  const flavor = catalog.flavor(group.flavor.name, dialect);
  return type === undefined || flavor === undefined ? undefined : versionOf("declared", group, type, flavor);
}

function versionOf(version: Version["version"], group: GroupDeclaration, type: Type, flavor: Flavor): Version {
  const { template, marking } = group;
  // InfraKit knows no change in place: whatever is written otherwise is had by replacing.
  const inPlace = marking.kind === "infrakit" ? {} : changeable(template.properties, type.effects);
  const effects: Effects = type.effects;
  return {
    version,
    revision: groupRevision(group, type.effects, flavor),
    changeable: inPlace,
    restarting: Object.keys(inPlace).filter((key) => effects[key] === "restart"),
  };
}

function marksOf({ marking }: GroupDeclaration): MarkCodec {
  return marking.kind === "infrakit" ? infrakitMarks(marking) : musterMarks;
}

/** Two members, in whatever places, would hold what only one can. */
export function isExclusive({ stack, group }: Assignment, type: Type): boolean {
  if (type.exclusive === undefined || group.marking.kind === "infrakit") return false;
  const [first = [], second = []] = ["0", "1"].map((slot) => {
    const self = { stack, group: group.name, slot, id: slot, port: `2000${slot}` };
    return type.exclusive?.(resolveSelf(group.template.properties, self)) ?? [];
  });
  return first.some((held) => second.includes(held));
}

/** How a member of this revision is treated: as what it is, as long as that is known. */
export function treatmentOf({ treatments, declared }: BoundGroup, revision: string): Treatment {
  return treatments[revision === declared.former?.revision && revision !== declared.revision ? "former" : "declared"];
}

/**
 * The flavor's properties in the words of one member. Whoever asks a flavor about a member asks here first. InfraKit's
 * documents have no such words.
 */
export function flavorPropertiesOf({ group }: Treatment, mark: Mark): JsonObject {
  const { flavor, marking, slots } = group;
  if (marking.kind === "infrakit") return flavor.properties;
  return resolveSelf(flavor.properties, selfOf({ stack: mark.stack, name: mark.owner, slots }, mark));
}

/** The port that whoever is made in this place is given; undefined where nothing speaks of one. */
export function portFor(bound: BoundGroup, version: Version["version"], slot: string): string | undefined {
  const { type, treatments, hostPorts, declared } = bound;
  const { template, flavor, marking } = treatments[version].group;
  if (type.ports !== true || marking.kind === "infrakit") return undefined;
  if (!refersTo(template.properties, "port") && !refersTo(flavor.properties, "port")) return undefined;
  if (hostPorts === undefined) throw new ProviderError("invalid", "nobody gives out ports here");
  return hostPorts.give(placeOf(declared), slot);
}

/** Whose a thing is. The revision of a member is told in the words of its own version. */
export function markOn({ treatments, declared }: BoundGroup, tags: Tags): Mark | undefined {
  const mark = treatments.declared.marks.read(tags);
  if (declared.former === undefined || mark?.revision === declared.revision) return mark;
  const before = treatments.former.marks.read(tags);
  return before?.revision === declared.former.revision ? before : mark;
}

/** The same is wanted of the group, though perhaps in another generation of its stack. */
export function sameTask(a: Assignment, b: Assignment, type: Kin): boolean {
  if (a === b) return true;
  return isDeepStrictEqual(
    [a.goal, a.dialect, a.group, a.former, a.steered, a.settings(type)],
    [b.goal, b.dialect, b.group, b.former, b.steered, b.settings(type)],
  );
}

/** True when a bound group is still bound to what the catalog has under these names. */
export function isStillBound(bound: BoundGroup, assignment: Assignment, catalog: Catalog): boolean {
  const { group, dialect } = assignment;
  return (
    bound.assignment === assignment &&
    catalog.type(group.template.name, dialect) === bound.type &&
    catalog.flavor(group.flavor.name, dialect) === bound.treatments.declared.flavor
  );
}

function unknown(
  code: "declaration.unknown-type" | "declaration.unknown-flavor",
  name: string,
  known: readonly string[],
): MusterError {
  return new MusterError(code, { name, nearest: didYouMean(nearest(name, known)), known: known.join(", ") });
}
