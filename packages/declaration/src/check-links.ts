/** Whether what a resource speaks of is there: what it depends on, whom it tells, and what it takes values from. */
import {
  type Address,
  addressOf,
  didYouMean,
  nearest,
  ownOf,
  partsOfAddress,
  type ResourceDeclaration,
  type ResourceReference,
  resourceReferencesIn,
  type Stack,
  type Unread,
  unreadIn,
} from "@muster/model";
import { type Catalog, isSecret, type ResourceType, resourceTypeNamed, resourceTypeNames } from "@muster/plugin";
import type { Problems } from "./problems.ts";
import { type Declared, placeIn, placeOfAddress } from "./resource-places.ts";
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
    checkTaken(reference, placeIn(resource, ...reference.path), declared, catalog, problems);
  }
  for (const unread of unreadIn(resource.properties)) {
    if (problems.isFull()) return;
    noteSlip(unread, placeIn(resource, ...unread.path), declared, catalog, problems);
  }
  for (const key of ["dependsOn", "notify"] as const) {
    for (const address of resource[key]) {
      if (problems.isFull()) return;
      checkAddress(resource, key, address, declared, problems);
    }
  }
}

/** Whether the value that is taken can be had. */
export function checkTaken(
  reference: ResourceReference,
  path: Path,
  declared: Declared,
  catalog: Catalog,
  problems: Problems,
): void {
  const target = ownOf(declared.stack.resources, reference.address);
  if (target === undefined) noteDangling(reference, path, declared, catalog, problems);
  else checkReference(reference, path, target, declared.types.get(target.type), problems);
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

/**
 * Whoever writes a type's name and goes on with a dot or a slash has meant a reference; all else within `${…}` is a text for
 * somebody else: a shell, a web server, a template.
 */
function noteSlip({ text, at }: Unread, path: Path, { stack }: Declared, catalog: Catalog, problems: Problems): void {
  const inner = text.replace(/^\$\{\s*/, "").replace(/\s*\}$/, "");
  const note = (detail: string, fix: string) =>
    problems.add(
      "declaration.bad-reference",
      { reference: shortened(text), detail, fix: `${fix} ${ESCAPE}` },
      path,
      "value",
      at,
    );
  if (/^self\./i.test(inner)) {
    note("`self` is a member of a group, and a resource is none", "Write the value itself.");
    return;
  }
  const [, first = "", rest = ""] = /^([A-Za-z][A-Za-z0-9-]*)[./](.*)$/.exec(inner) ?? [];
  const type = first.toLowerCase();
  if (rest === "" || resourceTypeNamed(type, catalog) === undefined) return;
  if (!text.endsWith("}")) {
    note("it is not closed", "Close it with `}` on the same line.");
    return;
  }
  const names = Object.values(stack.resources).filter((each) => each.type === type);
  const meant = names.find(({ name }) => `/${inner.slice(first.length)}`.includes(name)) ?? names[0];
  const example = `\${${meant?.address ?? `${type}.NAME`}.PROPERTY}`;
  const isBare = ownOf(stack.resources, inner) !== undefined;
  note(isBare ? "it names a resource, and none of its properties" : "it is no reference", `Write \`${example}\`.`);
}

function noteDangling(
  { text, address, property }: ResourceReference,
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
  } else if (resourceTypeNamed(type, catalog) === undefined) {
    const known = resourceTypeNames(catalog);
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
  { text, address, property }: ResourceReference,
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
export function offersOf(type: ResourceType): readonly string[] {
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
