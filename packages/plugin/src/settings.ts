import { type JsonObject, MusterError, ownOf, type ProviderDeclaration } from "@muster/model";
import type { Schema } from "./contract.ts";

/** What a type or a plugin is opened with, as its schema reads it. Throws `settings.bad`. */
export function readSettings<C>(name: string, schema: Schema<C>, given: object): C {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const detail = read.error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; ");
  throw new MusterError("settings.bad", { name, detail });
}

/** What of a type tells which settings are its own. */
export interface Kin {
  readonly name: string;
  readonly family?: string;
}

/** What was said at the command line, by the name of an entry, a type or a family: `--set NAME.KEY=VALUE`. */
export type GivenSettings = Readonly<Record<string, JsonObject>>;

/** True where an entry under `providers` is one for things of this type. */
export function isFor({ type }: ProviderDeclaration, { name, family }: Kin): boolean {
  return type === name || type === family;
}

/** The entry under `providers` that a type's settings stand in where nobody chose one: the type's, or else its family's. */
export function entryOf(kin: Kin, declared: Readonly<Record<string, ProviderDeclaration>>): string | undefined {
  return [kin.name, kin.family].find((name) => {
    const entry = name === undefined ? undefined : ownOf(declared, name);
    return entry !== undefined && isFor(entry, kin);
  });
}

/**
 * The settings that a type is opened with: those of the entry, and over them what was said at the command line.
 *
 * @param provider the entry that was chosen; missing: `entryOf`, and what is said of the type counts before what is said
 *   of its family
 */
export function settingsFor(
  kin: Kin,
  declared: Readonly<Record<string, ProviderDeclaration>>,
  given: GivenSettings,
  provider?: string,
): JsonObject {
  if (provider !== undefined) return { ...ownOf(declared, provider)?.settings, ...ownOf(given, provider) };
  const entry = entryOf(kin, declared);
  return {
    ...(entry === undefined ? {} : declared[entry]?.settings),
    ...(kin.family === undefined ? {} : ownOf(given, kin.family)),
    ...ownOf(given, kin.name),
  };
}
