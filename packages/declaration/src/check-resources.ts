/** Whether the resources of a stack can be what they are to be: each by its type, and all of them together. */
import {
  type Address,
  cycleIn,
  didYouMean,
  inOrder,
  isObject,
  type JsonObject,
  nearest,
  ownOf,
  type ResourceDeclaration,
  resolveReferences,
  resourceReferencesIn,
  type Stack,
  UNKNOWN,
} from "@muster/model";
import {
  type Catalog,
  isFor,
  isSecret,
  type ResourceType,
  resourceGraph,
  resourceTypeNames,
  secretReference,
  wantedOf,
} from "@muster/plugin";
import { checkChecksOfResource } from "./check-declared.ts";
import { checkLinks } from "./check-links.ts";
import { checkOrder } from "./check-order.ts";
import { OWN_WORDS } from "./own-words.ts";
import type { Problems } from "./problems.ts";
import { type Declared, kinOf, placeIn } from "./resource-places.ts";
import { checkSchema, propertiesOf, type Subject, takes } from "./schema.ts";
import type { Path } from "./source.ts";
import { listed, shortened } from "./values.ts";

/** A resource that its type has nothing against. */
export interface Sound {
  readonly resource: ResourceDeclaration;
  readonly type: ResourceType;
  /** What it is to be, as far as it is known before anything is made. */
  readonly want: JsonObject;
  /** Nothing of it is left to be known. */
  readonly isWhole: boolean;
}

/** @returns those that are right, by address */
export function checkResources(declared: Declared, catalog: Catalog, problems: Problems): ReadonlyMap<Address, Sound> {
  const { stack, kinds, types } = declared;
  for (const name of kinds) {
    if (!types.has(name)) noteUnknownType(name, ["resources", name], catalog, problems);
  }
  for (const name of Object.keys(stack.purge)) {
    if (catalog.type(name, "muster") === undefined) noteUnknownType(name, ["purge", name], catalog, problems);
  }
  for (const resource of Object.values(stack.resources)) {
    const type = types.get(resource.type);
    checkLinks(resource, declared, catalog, problems);
    checkChecksOfResource(resource, type, declared, catalog, problems);
    if (type === undefined) continue;
    checkProvider(resource, type, stack, problems);
    checkIgnored(resource, type, problems);
  }
  const sound = new Map<Address, Sound>();
  for (const resource of inOrderOfReferences(stack.resources)) {
    const type = types.get(resource.type);
    const found = type && checkProperties(resource, type, sound, problems);
    if (found !== undefined) sound.set(resource.address, found);
  }
  // What a type is asked about the properties of its things it can only tell of such as it takes.
  checkOrder(declared, ({ address }) => sound.get(address)?.type, problems);
  return sound;
}

function noteUnknownType(name: string, path: Path, catalog: Catalog, problems: Problems): void {
  if (path[0] === "purge" && catalog.task?.(name) !== undefined) {
    problems.add(
      "declaration.not-purgeable",
      { type: name, fix: "Nothing of a task stays: leave it out here." },
      path,
      "key",
    );
    return;
  }
  // Of a task nothing stays that could be purged.
  const known = path[0] === "purge" ? catalog.typeNames() : resourceTypeNames(catalog);
  const words = { name: shortened(name), nearest: didYouMean(nearest(name, known)), known: listed(known) };
  problems.add("declaration.unknown-type", words, path, "key");
}

/** Each after those that it takes values from; where that is a ring, as they are written. */
function inOrderOfReferences(resources: Stack["resources"]): readonly ResourceDeclaration[] {
  const written = resourceGraph(resources, () => undefined);
  if (cycleIn(written) !== undefined) return Object.values(resources);
  return inOrder(written).flatMap((address) => ownOf(resources, address) ?? []);
}

function checkProvider(
  resource: ResourceDeclaration,
  type: ResourceType,
  { providers }: Stack,
  problems: Problems,
): void {
  const { provider: name } = resource;
  if (name === undefined) return;
  const path = placeIn(resource, "provider");
  const entry = ownOf(providers, name);
  const kin = kinOf(type);
  if (entry === undefined && (name === kin.name || name === kin.family)) return;
  if (entry === undefined) {
    const known = Object.keys(providers);
    const words = { name: shortened(name), nearest: didYouMean(nearest(name, known)), known: listed(known) };
    problems.add("declaration.unknown-provider", words, path);
  } else if (!isFor(entry, kin)) {
    const detail = `the provider \`${name}\` is one of ${entry.type}, and not of ${type.name}`;
    const fitting = Object.keys(providers).filter((each) => {
      const other = ownOf(providers, each);
      return other !== undefined && isFor(other, kin);
    });
    const fix = `Name one of its own type${kin.family === undefined ? "" : " or family"}: ${listed(fitting)}.`;
    problems.add("declaration.resources-contradict", { address: resource.address, detail, fix }, path);
  }
}

function checkIgnored(resource: ResourceDeclaration, type: ResourceType, problems: Problems): void {
  for (const [index, key] of resource.ignore.entries()) {
    if (takes(type.schema, key)) continue;
    const known = propertiesOf(type.schema);
    const words = { key: shortened(key), nearest: didYouMean(nearest(key, known)), known: listed(known) };
    problems.add("declaration.unknown-key", words, placeIn(resource, "ignore", index));
  }
}

/** What the schema of its type says of it, as far as it is known. */
function checkProperties(
  resource: ResourceDeclaration,
  type: ResourceType,
  before: ReadonlyMap<Address, Sound>,
  problems: Problems,
): Sound | undefined {
  const { naming } = type;
  const place = ([first, ...others]: Path): Path =>
    first === undefined || (first === naming && !Object.hasOwn(resource.properties, first))
      ? placeIn(resource)
      : placeIn(resource, first, ...others);
  const subject: Subject = { name: type.name, place, besides: OWN_WORDS };
  const secrets = Object.entries(resource.properties).flatMap(([key, value]) => {
    return isSecret(value) || isBadSecret(key, value, type) ? [key] : [];
  });
  const goodSecrets = secrets.map((key) => checkSecret(key, resource, type, subject, problems));
  const withoutSecrets = Object.entries(wantedOf(resource, type)).filter(([key]) => !secrets.includes(key));
  const { properties, unknown } = resolveReferences(Object.fromEntries(withoutSecrets), ({ address, property }) => {
    const other = before.get(address);
    return (other && ownOf(other.want, property)) ?? UNKNOWN;
  });
  const open = new Set([...secrets, ...Object.keys(unknown)]);
  // A value that is not known yet takes its place all the same: a property that is none is one now.
  const tried = { ...properties, ...Object.fromEntries([...open].map((key) => [key, null])) };
  const fits = checkSchema(type.schema, tried, { ...subject, open, partial: resource.ensure === "absent" }, problems);
  if (!fits || goodSecrets.includes(false)) return undefined;
  return { resource, type, want: properties, isWhole: open.size === 0 };
}

/** It looks like a secret, and its type would take it as nothing else. */
function isBadSecret(key: string, value: unknown, { schema }: ResourceType): boolean {
  if (!isObject(value) || Object.keys(value).join() !== "secret") return false;
  const issues = schema.safeParse({ [key]: value }).error?.issues ?? [];
  return issues.some(({ path: [first] }) => first === key);
}

/** False where it cannot be read, or nobody may. */
function checkSecret(
  key: string,
  { address, properties }: ResourceDeclaration,
  { naming }: ResourceType,
  subject: Subject,
  problems: Problems,
): boolean {
  if (key === naming) {
    const detail = `\`${key}\` names it, and what names a thing is no secret`;
    const words = { address, detail, fix: "Write the name itself." };
    problems.add("declaration.resources-contradict", words, subject.place([key]));
    return false;
  }
  const inner = { ...subject, place: (path: Path) => subject.place([key, ...path]) };
  const value = properties[key] ?? null;
  const references = resourceReferencesIn(value);
  for (const { text, path } of references) {
    const words = { reference: text, detail: "a secret is read before anything is made", fix: "Write it out." };
    problems.add("declaration.bad-reference", words, inner.place(path));
  }
  return checkSchema(secretReference, value, inner, problems) && references.length === 0;
}
