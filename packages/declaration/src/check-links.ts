/** Whether what a resource speaks of is there: what it depends on, whom it tells, and what it takes values from. */
import {
  type Address,
  addressOf,
  didYouMean,
  nearest,
  ownOf,
  type PlacedReference,
  partsOfAddress,
  type ResourceDeclaration,
  resourceReferencesIn,
  type Stack,
} from "@muster/model";
import { type Catalog, isSecret, type ResourceType } from "@muster/plugin";
import type { Problems } from "./problems.ts";
import { type Declared, placeIn, placeOfAddress, typeNamed } from "./resource-places.ts";
import { propertiesOf, takes } from "./schema.ts";
import type { Path } from "./source.ts";
import { listed, shortened } from "./values.ts";

const ESCAPE = "To write `${` itself, write `$${`.";

export function checkLinks(
  resource: ResourceDeclaration,
  declared: Declared,
  catalog: Catalog,
  problems: Problems,
): void {
  for (const reference of resourceReferencesIn(resource.properties)) {
    if (problems.isFull()) return;
    const path = placeIn(resource, ...reference.path);
    const target = ownOf(declared.stack.resources, reference.address);
    if (target === undefined) noteDangling(reference, path, declared, catalog, problems);
    else checkReference(reference, path, target, declared.types.get(target.type), problems);
  }
  for (const key of ["dependsOn", "notify"] as const) {
    for (const address of resource[key]) {
      if (problems.isFull()) return;
      checkAddress(resource, key, address, declared, problems);
    }
  }
}

function checkAddress(
  resource: ResourceDeclaration,
  key: "dependsOn" | "notify",
  address: Address,
  { stack, data }: Declared,
  problems: Problems,
): void {
  const target = ownOf(stack.resources, address);
  const path = placeOfAddress(resource, key, address, data);
  if (target === undefined) {
    const fix = isFront(address, stack)
      ? "It is a file that follows groups: nothing waits for it, and nobody else tells it. Leave it out here."
      : `Declare it, or leave it out here.`;
    const near = didYouMean(nearestAddress(address, stack));
    problems.add("declaration.unknown-resource", { address: shortened(address), nearest: near, fix }, path);
  } else if (target.ensure === "absent" && (key === "notify" || resource.ensure === "present")) {
    const detail = key === "notify" ? "it tells" : "it depends on";
    const words = {
      address: resource.address,
      detail: `${detail} \`${address}\`, which is to be gone (\`ensure: absent\`)`,
      fix: "Leave it out here, or let that one be present.",
    };
    problems.add("declaration.resources-contradict", words, path);
  }
}

function noteDangling(
  { text, address, property }: PlacedReference,
  path: Path,
  { stack }: Declared,
  catalog: Catalog,
  problems: Problems,
): void {
  const type = partsOfAddress(address)?.type ?? "";
  if (ownOf(stack.resources, `${address}.${property}`) !== undefined) {
    const detail = "it names a resource, and none of its properties";
    const fix = `Write \`\${${address}.${property}.PROPERTY}\`. ${ESCAPE}`;
    problems.add("declaration.bad-reference", { reference: shortened(text), detail, fix }, path);
  } else if (isFront(address, stack)) {
    const detail = `\`${address}\` is a file that follows groups: what it becomes is not known before they are there`;
    problems.add("declaration.bad-reference", { reference: shortened(text), detail, fix: ESCAPE }, path);
  } else if (typeNamed(type, catalog) === undefined) {
    const known = [...catalog.typeNames(), ...(catalog.taskNames?.() ?? [])];
    const near = didYouMean(nearest(type, known));
    const words = { name: shortened(type), nearest: near, known: `${listed(known)}. ${ESCAPE.slice(0, -1)}` };
    problems.add("declaration.unknown-type", words, path);
  } else {
    const near = didYouMean(nearestAddress(address, stack));
    const words = { address: shortened(address), nearest: near, fix: `Declare it. ${ESCAPE}` };
    problems.add("declaration.unknown-resource", words, path);
  }
}

function checkReference(
  { text, address, property }: PlacedReference,
  path: Path,
  target: ResourceDeclaration,
  type: ResourceType | undefined,
  problems: Problems,
): void {
  const note = (detail: string, fix: string) =>
    problems.add("declaration.bad-reference", { reference: shortened(text), detail, fix }, path);
  if (target.ensure === "absent") {
    note(`\`${address}\` is to be gone (\`ensure: absent\`)`, "Leave it out here, or let that one be present.");
  } else if (isSecret(target.properties[property])) {
    note(`\`${property}\` is a secret, and no other thing is given it`, "Declare the same secret here.");
  } else if (type !== undefined && !offers(type, property)) {
    const known = offersOf(type);
    const near = didYouMean(nearest(property, known));
    note(`${type.name} has no \`${property}\`${near}`, `Known: ${listed(known)}. ${ESCAPE}`);
  }
}

function offers(type: ResourceType, property: string): boolean {
  return offersOf(type).includes(property) || takes(type.schema, property);
}

/** What can be referred to: what is declared of its things, and what can be read of them besides. */
function offersOf(type: ResourceType): readonly string[] {
  const outputs = type.known === "task" || type.outputs === undefined ? [] : propertiesOf(type.outputs);
  return [...new Set([...propertiesOf(type.schema), ...outputs])];
}

function isFront(address: Address, { fronts }: Stack): boolean {
  const { type, name } = partsOfAddress(address) ?? { type: "", name: "" };
  return type === "file" && Object.hasOwn(fronts, name);
}

/** Among so many the nearest is looked for: a courtesy, and no search through all of a large stack. */
const MOST_CANDIDATES = 1_000;

function nearestAddress(address: Address, { resources, fronts }: Stack): Address | undefined {
  const files = Object.keys(fronts).map((path) => addressOf("file", path));
  return nearest(address, [...Object.keys(resources), ...files].slice(0, MOST_CANDIDATES));
}
