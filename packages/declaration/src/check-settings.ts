import {
  didYouMean,
  type ErrorWords,
  type JsonObject,
  MusterError,
  nearest,
  ownOf,
  type ProviderDeclaration,
  type Stack,
} from "@muster/model";
import type { Catalog, Type } from "@muster/plugin";
import type { Problems } from "./problems.ts";
import { checkSchema } from "./schema.ts";
import { listed } from "./values.ts";

/** What was said at the command line, by the provider's name: `--set NAME.KEY=VALUE`. */
export type GivenSettings = Readonly<Record<string, JsonObject>>;

/**
 * Checks the settings of every provider that the stack names or its groups use.
 *
 * @param used the types of the groups
 */
export function checkSettings(
  stack: Stack,
  used: readonly Type[],
  catalog: Catalog,
  given: GivenSettings,
  problems: Problems,
): void {
  const declared = Object.entries(stack.providers);
  checkNames(Object.keys(given), [...declared.map(([name]) => name), ...catalog.typeNames()], problems);
  for (const [name, provider] of declared) {
    const type = catalog.type(provider.type, "muster");
    if (type === undefined) noteUnknownType(name, provider, catalog, problems);
    else if (provider.type !== name) noteOtherName(name, provider, problems);
    else checkOne(name, provider, type, given, problems);
  }
  for (const type of new Set(used)) {
    if (!Object.hasOwn(stack.providers, type.name)) checkOne(type.name, undefined, type, given, problems);
  }
}

function checkNames(names: readonly string[], known: readonly string[], problems: Problems): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const words = { key: name, name, nearest: didYouMean(nearest(name, known)), known: listed([...new Set(known)]) };
    problems.addError(new MusterError("settings.unknown-provider", words));
  }
}

/** What is wrong in the stack has its place there; what was given beside it, or is given nowhere, has none. */
function checkOne(
  name: string,
  declared: ProviderDeclaration | undefined,
  type: Type,
  given: GivenSettings,
  problems: Problems,
): void {
  const override = ownOf(given, name) ?? {};
  const settings = { ...declared?.settings, ...override };
  const place = (inner: readonly (string | number)[]) => ["providers", name, ...inner];
  checkSchema(
    type.settings,
    settings,
    { name, place },
    {
      ...problems,
      add(code, words: ErrorWords, path, what) {
        const key = path[place([]).length];
        const inStack = declared !== undefined && !(key !== undefined && Object.hasOwn(override, key));
        const detail = new MusterError(code, words).message;
        if (inStack) problems.add(code, words, path, what);
        else problems.addError(new MusterError("settings.bad", { name, detail }));
      },
    },
  );
}

function noteUnknownType(name: string, { type }: ProviderDeclaration, catalog: Catalog, problems: Problems): void {
  const known = catalog.typeNames();
  const words = { name: type, nearest: didYouMean(nearest(type, known)), known: listed(known) };
  const path = ["providers", name];
  if (type === name) problems.add("declaration.unknown-type", words, path, "key");
  else problems.add("declaration.unknown-type", words, [...path, "type"]);
}

/** A group cannot name its provider yet, so nothing would use this one. */
function noteOtherName(name: string, { type }: ProviderDeclaration, problems: Problems): void {
  problems.add("declaration.not-yet", { key: `type: ${type}` }, ["providers", name, "type"], "key");
}
