/** Whether a stack can be made with the types and flavors there are. Everything is checked before anything is touched. */
import {
  DEFAULT_WAITS,
  type Document,
  didYouMean,
  type GroupDeclaration,
  type JsonObject,
  nearest,
  type Stack,
} from "@muster/model";
import { type Catalog, type Flavor, type GivenSettings, ProviderError, type Type } from "@muster/plugin";
import { askForResources, type Openers } from "./ask-resources.ts";
import { checkChecksOfGroup, checkChecksOfStack } from "./check-declared.ts";
import { askForFrontFiles, checkFrontFiles, typeOfFrontFiles } from "./check-front-files.ts";
import { checkResources } from "./check-resources.ts";
import { checkSettings } from "./check-settings.ts";
import { withValueAt } from "./edit.ts";
import { exampleFlavorOf, exampleOf, isOneForAll, keepsNamesApart } from "./example.ts";
import { documentOf } from "./kind.ts";
import { type GroupPlaces, placesOf } from "./places.ts";
import { noteContradictions } from "./policies.ts";
import { gatherProblems, type Problems } from "./problems.ts";
import { checkReferences, wordsOf } from "./references.ts";
import { noteFlavorRefusal, noteRefusal } from "./refusal.ts";
import { type Declared, declaredOf, usuallyOpened } from "./resource-places.ts";
import { checkSchema, takes } from "./schema.ts";
import type { SourceDocument } from "./source.ts";
import { listed, shortened } from "./values.ts";

/** Without the ways to open them, providers are not asked. */
export interface CheckDeps extends Openers {
  readonly given?: GivenSettings;
}

/**
 * Checks a stack against the types and flavors of the catalog, the settings of its providers included. Providers and
 * flavors are asked last, and only about a declaration that is right otherwise: to open a provider is more than to read.
 *
 * @param source the document that the stack was read from
 * @returns that document as it is to be kept: what is written as a name that can come to mean something else (an image's)
 *   stands in it as what it means now
 * @throws MusterErrors with everything that is wrong
 */
export async function checkStack(
  stack: Stack,
  source: Pick<SourceDocument, "data" | "locate">,
  catalog: Catalog,
  deps: CheckDeps = {},
): Promise<Document> {
  const problems = gatherProblems(source.locate);
  const document = documentOf(source);
  const groups = Object.values(stack.groups).map((group) => partsOf(group, document, catalog));
  const fileType = typeOfFrontFiles(stack, catalog);
  const declared = declaredOf(stack, document.data, catalog);
  const purged = Object.keys(stack.purge).flatMap((name) => catalog.type(name, "muster") ?? []);
  const used = [...groups.flatMap(({ type }) => type ?? []), ...usuallyOpened(declared), ...purged];
  checkSettings(stack, used, catalog, deps.given ?? {}, problems);
  for (const group of groups) {
    checkTemplate(group, declared, catalog, problems);
    checkFlavor(group, stack, catalog, problems);
    checkWaits(group, problems);
    if (group.dialect === "muster") checkChecksOfGroup(group.group, group.type, declared, problems);
  }
  checkChecksOfStack(declared, catalog, problems);
  checkFrontFiles(declared, catalog, problems);
  const sound = soundBefore(declared) ?? checkResources(declared, catalog, problems);
  problems.throwIfAny();
  found.set(stack, { types: declared.types, sound });

  let pinned = document;
  for (const group of groups) {
    for (const [key, value] of Object.entries(await ask(group, stack, deps, problems))) {
      pinned = withValueAt(pinned, group.places.property([key]), value);
    }
  }
  if (fileType !== undefined && deps.opened !== undefined) {
    await askForFrontFiles(stack, fileType, deps.opened, document.data, problems);
  }
  await askForResources(sound, declared, purged, deps, problems);
  problems.throwIfAny();
  return pinned;
}

/** A stack whose resources were right: whoever plans it and then agrees to the plan has it checked again in a moment. */
const found = new WeakMap<Stack, Pick<Declared, "types"> & { readonly sound: ReturnType<typeof checkResources> }>();

/** What was found of it, as long as its types are what they were. */
function soundBefore({ stack, types }: Declared): ReturnType<typeof checkResources> | undefined {
  const before = found.get(stack);
  if (before?.types.size !== types.size) return undefined;
  return [...types].every(([name, type]) => before.types.get(name) === type) ? before.sound : undefined;
}

/** A group with the type and the flavor it names, where there are such. */
interface Parts {
  readonly group: GroupDeclaration;
  readonly dialect: Document["dialect"];
  readonly type: Type | undefined;
  readonly flavor: Flavor | undefined;
  readonly places: GroupPlaces;
}

function partsOf(group: GroupDeclaration, document: Document, catalog: Catalog): Parts {
  const { dialect } = document;
  const places = placesOf(document, group.name, group.template.name, group.flavor.name);
  const type = catalog.type(group.template.name, dialect);
  const flavor = catalog.flavor(group.flavor.name, dialect);
  return { group, dialect, type, flavor, places };
}

function checkTemplate(
  { group, dialect, type, places }: Parts,
  { stack, kinds }: Declared,
  catalog: Catalog,
  problems: Problems,
): void {
  // In an InfraKit document a text means what it says.
  if (dialect === "muster") {
    const known = { words: wordsOf(type), kinds };
    checkReferences(group.template.properties, [], { ...known, place: places.property }, problems);
    checkReferences(group.flavor.properties, [], { ...known, place: places.flavorProperty }, problems);
  }
  if (type === undefined) {
    const words = unknownWords(group.template.name, catalog.typeNames());
    problems.add("declaration.unknown-type", words, places.type.path, places.type.what);
    return;
  }
  const example = exampleOf(group, stack, type);
  const fits = checkSchema(type.schema, example, { name: type.name, place: places.property }, problems);
  if (!fits || type.known !== "claim" || keepsNamesApart(group, stack, type)) return;
  const fix = `Put \`{id}\` into \`${type.naming}\`: it is another word for each member.`;
  const detail = `all members would have the same \`${type.naming}\``;
  problems.add("declaration.not-manageable", { type: type.name, detail, fix }, places.property([type.naming]));
}

function checkFlavor(
  { group, dialect, flavor, places }: Parts,
  stack: Stack,
  catalog: Catalog,
  problems: Problems,
): void {
  if (flavor === undefined) {
    const words = unknownWords(group.flavor.name, catalog.flavorNames());
    problems.add("declaration.unknown-flavor", words, places.flavor.path, places.flavor.what);
    return;
  }
  const subject = { name: flavor.name, place: places.flavorProperty };
  checkSchema(flavor.schema, asTold(group, dialect, stack), subject, problems);
}

/** The flavor's properties as it is told them of a member. In an InfraKit document a text means what it says. */
function asTold(group: GroupDeclaration, dialect: Document["dialect"], stack: Stack): JsonObject {
  return dialect === "muster" ? exampleFlavorOf(group, stack) : group.flavor.properties;
}

/** What the grammar could not know: members of a type that is not local are waited for also where nobody says so. */
function checkWaits({ group, type, places }: Parts, problems: Problems): void {
  if (type === undefined || type.local) return;
  noteContradictions(group.rollout, { ...group, path: places.group }, DEFAULT_WAITS, problems);
}

function unknownWords(name: string, known: readonly string[]) {
  return { name: shortened(name), nearest: didYouMean(nearest(name, known)), known: listed(known) };
}

function noteNotOneForAll(key: string, type: Type, places: GroupPlaces, problems: Problems): void {
  const detail = `\`${key}\` is kept as what it means now, and each member would have one of its own`;
  const fix = "Name one for all members; those that are to have another belong into a group of their own.";
  problems.add("declaration.not-manageable", { type: type.name, detail, fix }, places.property([key]));
}

/** @returns properties of the template that are to stand there with another value */
async function ask(
  { group, dialect, type, flavor, places }: Parts,
  stack: Stack,
  deps: CheckDeps,
  problems: Problems,
): Promise<JsonObject> {
  if (type === undefined || flavor === undefined) return {};
  try {
    const told = asTold(group, dialect, stack);
    await flavor.validate?.(told, group.slots);
    const added = flavor.adds?.(told).find((property) => !takes(type.schema, property, exampleOf(group, stack, type)));
    if (added !== undefined) throw new ProviderError("invalid", `members of type ${type.name} have no \`${added}\``);
  } catch (thrown) {
    noteFlavorRefusal(thrown, flavor.name, group.name, places, problems);
  }
  try {
    const provider = await deps.opened?.(type);
    const example = exampleOf(group, stack, type);
    await provider?.validate?.(example);
    // In an InfraKit document a text means what it says, and InfraKit hashes it.
    const pinned = dialect === "muster" ? ((await provider?.pin?.(example)) ?? {}) : {};
    for (const key of Object.keys(pinned)) {
      // The example is one member, and what its name means would be every other's too.
      if (!isOneForAll(key, group, stack, type)) noteNotOneForAll(key, type, places, problems);
    }
    return pinned;
  } catch (thrown) {
    noteRefusal(thrown, type, places, problems);
    return {};
  }
}
