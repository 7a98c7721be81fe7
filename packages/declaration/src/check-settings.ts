import { didYouMean, type ErrorWords, MusterError, nearest, type ProviderDeclaration, type Stack } from "@muster/model";
import {
  type Catalog,
  entryOf,
  type GivenSettings,
  isFor,
  type ResourceType,
  resourceTypesIn,
  settingsFor,
} from "@muster/plugin";
import type { Problems } from "./problems.ts";
import { kinOf } from "./resource-places.ts";
import { checkSchema } from "./schema.ts";
import { listed } from "./values.ts";

/**
 * Checks the settings of every provider that the stack names, or that its groups and resources use.
 *
 * @param used types that are opened with the entry of their own name, or of their family's
 */
export function checkSettings(
  stack: Stack,
  used: readonly ResourceType[],
  catalog: Catalog,
  given: GivenSettings,
  problems: Problems,
): void {
  const all = resourceTypesIn(catalog);
  const known = [...new Set(all.flatMap((type) => namesOf(type)))];
  const declared = Object.entries(stack.providers);
  checkNames(Object.keys(given), [...declared.map(([name]) => name), ...known], problems);
  for (const [name, provider] of declared) {
    const fitting = [...new Set([...used, ...all])].filter((type) => isFor(provider, kinOf(type)));
    const others = known.includes(name) && !fitting.some((type) => namesOf(type).includes(name));
    if (fitting.length === 0) noteUnknownType(name, provider, known, problems);
    else if (others) noteOtherName(name, provider, problems);
    else checkOne(name, provider, fitting, given, problems);
  }
  const without = used.filter((type) => entryOf(kinOf(type), stack.providers) === undefined);
  for (const name of new Set(without.map((type) => kinOf(type).family ?? type.name))) {
    const kin = without.filter((type) => namesOf(type).includes(name));
    checkOne(name, undefined, kin, given, problems);
  }
}

/** The names under which a type's settings can stand. */
function namesOf(type: ResourceType): readonly string[] {
  const { name, family } = kinOf(type);
  return family === undefined ? [name] : [name, family];
}

function checkNames(names: readonly string[], known: readonly string[], problems: Problems): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const words = { key: name, name, nearest: didYouMean(nearest(name, known)), known: listed([...new Set(known)]) };
    problems.addError(new MusterError("settings.unknown-provider", words));
  }
}

/**
 * What is wrong in the stack has its place there; what was given beside it, or is given nowhere, has none.
 *
 * @param types those that are opened with these settings; kin that takes the same is asked once
 */
function checkOne(
  name: string,
  declared: ProviderDeclaration | undefined,
  types: readonly ResourceType[],
  given: GivenSettings,
  problems: Problems,
): void {
  const place = (inner: readonly (string | number)[]) => ["providers", name, ...inner];
  for (const [schema, type] of new Map(types.map((type) => [type.settings, type]))) {
    const providers = declared === undefined ? {} : { [name]: declared };
    const isOwn = namesOf(type).includes(name);
    const settings = settingsFor(kinOf(type), providers, given, isOwn ? undefined : name);
    checkSchema(
      schema,
      settings,
      { name, place },
      {
        ...problems,
        add(code, words: ErrorWords, path, what) {
          const key = path[place([]).length];
          const isGiven = key !== undefined && settings[key] !== declared?.settings[key];
          const detail = new MusterError(code, words).message;
          if (declared !== undefined && !isGiven) problems.add(code, words, path, what);
          else problems.addError(new MusterError("settings.bad", { name, detail }));
        },
      },
    );
  }
}

function noteUnknownType(
  name: string,
  { type }: ProviderDeclaration,
  known: readonly string[],
  problems: Problems,
): void {
  const words = { name: type, nearest: didYouMean(nearest(type, known)), known: listed(known) };
  const path = ["providers", name];
  if (type === name) problems.add("declaration.unknown-type", words, path, "key");
  else problems.add("declaration.unknown-type", words, [...path, "type"]);
}

/** Whoever reads the stack takes an entry that has a type's name for that type's. */
function noteOtherName(name: string, { type }: ProviderDeclaration, problems: Problems): void {
  const detail = `\`${name}\` is a type itself, and this is one of ${type}`;
  const words = { type: name, what: "the provider", detail };
  problems.add("declaration.bad-property", words, ["providers", name, "type"]);
}
